"""Pages about payments: the list, one payment, and the desk where they are matched."""

from webapp.payments.views import acts, desk, receipts, write_offs
from webapp.payments.views.shell import blueprint

__all__ = ["acts", "blueprint", "desk", "receipts", "write_offs"]
