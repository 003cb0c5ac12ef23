"""JSON about invoices, quotes and orders, and exchange rates."""

from webapp.invoices.api import documents, orders, rates
from webapp.invoices.api.shell import blp

__all__ = ["blp", "documents", "orders", "rates"]
