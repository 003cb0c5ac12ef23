"""JSON about invoices, quotes, orders and delivery notes, and exchange rates."""

from webapp.invoices.api import delivery_notes, documents, orders, rates
from webapp.invoices.api.shell import blp

__all__ = ["blp", "delivery_notes", "documents", "orders", "rates"]
