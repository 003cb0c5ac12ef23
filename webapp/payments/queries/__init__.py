"""Reads of payments, of what they settle, and of what was given up."""

from webapp.payments.queries.as_of import (
    OpenItem,
    cash_as_of,
    changed_since,
    items_as_of,
    settled_as_of,
    unapplied_as_of,
)
from webapp.payments.queries.receipts import (
    client_ref_of,
    find_payment_by_ref,
    get_payment,
    list_allocations,
    list_payments,
    list_settlements,
)
from webapp.payments.queries.write_offs import (
    find_open_write_off,
    get_write_off,
    list_write_offs,
    tolerance,
    write_off_cap,
)

__all__ = [
    "OpenItem",
    "cash_as_of",
    "changed_since",
    "client_ref_of",
    "find_open_write_off",
    "find_payment_by_ref",
    "get_payment",
    "get_write_off",
    "items_as_of",
    "list_allocations",
    "list_payments",
    "list_settlements",
    "list_write_offs",
    "settled_as_of",
    "tolerance",
    "unapplied_as_of",
    "write_off_cap",
]
