"""Reads of invoices, balances, quotes, orders and exchange rates, inside the actor's scope."""

from webapp.invoices.queries.aging import Aging, aging, aging_bounds
from webapp.invoices.queries.documents import (
    MISSING,
    billed_under,
    find_balance,
    find_invoice,
    find_invoice_by_ref,
    get_invoice,
    list_facts,
    list_invoices,
    map_documents,
    starts_with,
)
from webapp.invoices.queries.facts import (
    InvoiceFacts,
    Settled,
    SettlementSource,
    facts_in,
    invoice_facts,
    use_settlements,
    with_facts,
)
from webapp.invoices.queries.orders import (
    Chain,
    OrderRow,
    chain_of,
    get_order,
    get_order_by_ref,
    list_orders,
    list_rates,
)

__all__ = [
    "MISSING",
    "Aging",
    "Chain",
    "InvoiceFacts",
    "OrderRow",
    "Settled",
    "SettlementSource",
    "aging",
    "aging_bounds",
    "billed_under",
    "chain_of",
    "facts_in",
    "find_balance",
    "find_invoice",
    "find_invoice_by_ref",
    "get_invoice",
    "get_order",
    "get_order_by_ref",
    "invoice_facts",
    "list_facts",
    "list_invoices",
    "list_orders",
    "list_rates",
    "map_documents",
    "starts_with",
    "use_settlements",
    "with_facts",
]
