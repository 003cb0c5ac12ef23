"""JSON about payments, what they may settle and what they settled, and about what was given up."""

from webapp.payments.api import matchings, receipts, write_offs
from webapp.payments.api.shell import blp

__all__ = ["blp", "matchings", "receipts", "write_offs"]
