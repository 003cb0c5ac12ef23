"""Verbs about invoices: record and correct, settle, void."""

from webapp.invoices.services.bodies import invoice_input, note_input, notes_named, order_input
from webapp.invoices.services.bounds import set_aging_bounds
from webapp.invoices.services.counting import recount
from webapp.invoices.services.delivering import NoteInput, upsert_note
from webapp.invoices.services.exposure import refresh_exposures, set_exposure_parts
from webapp.invoices.services.inserting import insert_invoices
from webapp.invoices.services.ordering import OrderInput, upsert_order, void_orders
from webapp.invoices.services.rates import rate_for, set_rate
from webapp.invoices.services.recording import (
    InvoiceInput,
    Upserted,
    require_writer,
    upsert_invoice,
    upsert_invoices,
)
from webapp.invoices.services.settling import settle_invoices, settle_new_in_full
from webapp.invoices.services.voiding import void_invoices

__all__ = [
    "InvoiceInput",
    "NoteInput",
    "OrderInput",
    "Upserted",
    "insert_invoices",
    "invoice_input",
    "note_input",
    "notes_named",
    "order_input",
    "rate_for",
    "recount",
    "refresh_exposures",
    "require_writer",
    "set_aging_bounds",
    "set_exposure_parts",
    "set_rate",
    "settle_invoices",
    "settle_new_in_full",
    "upsert_invoice",
    "upsert_invoices",
    "upsert_note",
    "upsert_order",
    "void_invoices",
    "void_orders",
]
