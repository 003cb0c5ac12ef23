"""Pages of figures: the aged balance, what one line is made of, what is overdue."""

from webapp.kpis.views import aging, bounds, overdue
from webapp.kpis.views.shell import blueprint

__all__ = ["aging", "blueprint", "bounds", "overdue"]
