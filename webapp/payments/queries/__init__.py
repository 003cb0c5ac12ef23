"""Reads of payments, of what they settle, and of what was given up."""

from webapp.payments.queries.as_of import OpenItem, items_as_of, unapplied_as_of
from webapp.payments.queries.matchings import (
    FILTERS,
    MatchedShare,
    MatchingLine,
    OpenDocument,
    count_to_match,
    find_to_match,
    get_line,
    get_matching,
    last_matcher,
    list_loose,
    list_matchings,
    list_open_documents,
    list_to_match,
    search_payments,
)
from webapp.payments.queries.proposals import proposals_for
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
    limits,
    list_write_offs,
    tolerance,
    write_off_cap,
)

__all__ = [
    "FILTERS",
    "MatchedShare",
    "MatchingLine",
    "OpenDocument",
    "OpenItem",
    "client_ref_of",
    "count_to_match",
    "find_open_write_off",
    "find_payment_by_ref",
    "find_to_match",
    "get_line",
    "get_matching",
    "get_payment",
    "get_write_off",
    "items_as_of",
    "last_matcher",
    "limits",
    "list_allocations",
    "list_loose",
    "list_matchings",
    "list_open_documents",
    "list_payments",
    "list_settlements",
    "list_to_match",
    "list_write_offs",
    "proposals_for",
    "search_payments",
    "tolerance",
    "unapplied_as_of",
    "write_off_cap",
]
