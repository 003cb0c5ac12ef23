"""Pages about alerts and limits."""

from webapp.risk.views import alerts, limits
from webapp.risk.views.shell import blueprint

__all__ = ["alerts", "blueprint", "limits"]
