"""Pages about invoices, quotes and orders, and exchange rates. An invoice's own page is its thread."""

from webapp.invoices.views import documents, exposure, orders, rates
from webapp.invoices.views.shell import blueprint

__all__ = ["blueprint", "documents", "exposure", "orders", "rates"]
