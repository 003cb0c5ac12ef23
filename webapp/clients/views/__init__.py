"""Pages about clients: the list, the sheet, the form."""

from webapp.clients.views import editing, index, sheet
from webapp.clients.views.shell import blueprint

__all__ = ["blueprint", "editing", "index", "sheet"]
