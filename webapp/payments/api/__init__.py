"""JSON about payments, what they may settle and what they settled."""

from webapp.payments.api import matchings, receipts
from webapp.payments.api.shell import blp

__all__ = ["blp", "matchings", "receipts"]
