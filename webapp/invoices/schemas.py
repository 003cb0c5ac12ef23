"""Invoices as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.clients.models import Client
from webapp.clients.rules import due_date
from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.clock import today
from webapp.core.fields import Amount, Day, PlainText
from webapp.invoices import rules
from webapp.invoices.models import KINDS, Invoice

MOST_INSTALMENTS = 120


class InstalmentWrite(ApiSchema):
    """A part of an invoice with a due date of its own."""

    due_on = Day(required=True)
    amount = Amount(required=True)


class InvoiceWrite(ApiSchema):
    """What a program writes of an invoice. Without `due_on` the client's terms decide."""

    client_ref = PlainText(64, required=True, blank=False)
    issued_on = Day(required=True)
    due_on = Day(allow_none=True)
    gross = Amount(required=True)
    kind = fields.String(load_default="invoice", validate=validate.OneOf(KINDS))
    instalments = fields.List(fields.Nested(InstalmentWrite), validate=validate.Length(max=MOST_INSTALMENTS))


class InstalmentSchema(ApiSchema):
    """A part of an invoice and what is left of it."""

    number = fields.Integer()
    due_on = fields.Date()
    amount = fields.Nested(MoneySchema)
    open = fields.Nested(MoneySchema)


class InvoiceSchema(ApiSchema):
    """An invoice, or a credit note, deposit or write-off by `kind`. Amounts are positive."""

    id = fields.UUID()
    ref = fields.String()
    kind = fields.String()
    client_id = fields.UUID()
    client_ref = fields.String()
    issued_on = fields.Date()
    due_on = fields.Date()
    gross = fields.Nested(MoneySchema)
    open = fields.Nested(MoneySchema)
    status = fields.String()
    days_late = fields.Integer(allow_none=True)
    paid_on = fields.Date(allow_none=True)
    instalments = fields.List(fields.Nested(InstalmentSchema))
    thread_id = fields.UUID()
    revision = fields.Integer()
    warnings = fields.List(fields.String())


class InvoiceListArgs(PageArgs):
    """Filters of the list of invoices."""

    client_ref = PlainText(64)
    client_id = fields.UUID()
    status = fields.String(validate=validate.OneOf(rules.STATUSES))
    q = PlainText(200)


InvoicePage = page_of(InvoiceSchema, "InvoicePage")


def invoice_input(ref: str, client: Client, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of an `InvoiceInput` from what a program wrote."""
    due_on = values.get("due_on")
    parts = tuple((part["due_on"], part["amount"]) for part in values.get("instalments") or ())
    if due_on is None and parts:
        due_on = max(day for day, _amount in parts)
    return {
        "ref": ref,
        "client_id": client.id,
        "issued_on": values["issued_on"],
        "due_on": due_on or due_date(values["issued_on"], client.payment_days, client.end_of_month),
        "due_computed": due_on is None,
        "gross": values["gross"],
        "kind": values["kind"],
        "parts": parts,
    }


def invoice_json(invoice: Invoice) -> dict[str, Any]:
    """An invoice as the contract shows it; its thread has its id."""
    key, day, currency = str(invoice.id), today(), invoice.currency
    return {
        "id": key,
        "ref": invoice.ref,
        "kind": invoice.kind,
        "client_id": str(invoice.client_id),
        "client_ref": invoice.client.ref,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "gross": money(invoice.gross, currency),
        "open": money(invoice.open, currency),
        "status": invoice.status(day),
        "days_late": invoice.days_late(day),
        "paid_on": invoice.paid_on,
        "instalments": [
            {
                "number": part.number,
                "due_on": part.due_on,
                "amount": money(part.amount, currency),
                "open": money(part.open, currency),
            }
            for part in invoice.instalments
        ],
        "thread_id": key,
        "revision": invoice.revision,
        "warnings": rules.warnings(invoice.issued_on, invoice.due_on),
    }
