"""Pages about disputes."""

from webapp.disputes.views import board, opening, reasons, show
from webapp.disputes.views.shell import blueprint

__all__ = ["blueprint", "board", "opening", "reasons", "show"]
