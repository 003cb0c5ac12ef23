"""Invoices, quotes, orders and rates as the API writes and reads them."""

from webapp.invoices.schemas.delivery_notes import (
    DeliveryNoteListArgs,
    DeliveryNotePage,
    DeliveryNoteSchema,
    DeliveryNoteWrite,
    note_json,
)
from webapp.invoices.schemas.documents import (
    InstalmentSchema,
    InstalmentWrite,
    InvoiceListArgs,
    InvoicePage,
    InvoiceSchema,
    InvoiceWrite,
    invoice_json,
)
from webapp.invoices.schemas.orders import (
    OrderListArgs,
    OrderPage,
    OrderSchema,
    OrderWrite,
    RateListArgs,
    RatePage,
    RateSchema,
    RateWrite,
    order_json,
    rate_json,
)

__all__ = [
    "DeliveryNoteListArgs",
    "DeliveryNotePage",
    "DeliveryNoteSchema",
    "DeliveryNoteWrite",
    "InstalmentSchema",
    "InstalmentWrite",
    "InvoiceListArgs",
    "InvoicePage",
    "InvoiceSchema",
    "InvoiceWrite",
    "OrderListArgs",
    "OrderPage",
    "OrderSchema",
    "OrderWrite",
    "RateListArgs",
    "RatePage",
    "RateSchema",
    "RateWrite",
    "invoice_json",
    "note_json",
    "order_json",
    "rate_json",
]
