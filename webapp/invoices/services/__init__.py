"""Verbs about invoices: record and correct, settle, void."""

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
    "Upserted",
    "require_writer",
    "settle_invoices",
    "settle_new_in_full",
    "upsert_invoice",
    "upsert_invoices",
    "void_invoices",
]
