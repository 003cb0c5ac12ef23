"""Invoices as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.clock import today
from webapp.core.fields import AnyMoney, Day, PlainText, Rate
from webapp.invoices import rules
from webapp.invoices.models import KINDS, Invoice

MOST_INSTALMENTS = 120
MOST_NOTES = 500


class InstalmentWrite(ApiSchema):
    """A part of an invoice with a due date of its own."""

    due_on = Day(required=True)
    amount = AnyMoney(required=True)


class InvoiceWrite(ApiSchema):
    """What a program writes of an invoice. Without `due_on` the client's terms decide; `delivery_refs` names
    the delivery notes it bills, which then no longer count beside it."""

    client_ref = PlainText(64, required=True, blank=False)
    issued_on = Day(required=True)
    due_on = Day(allow_none=True)
    gross = AnyMoney(required=True)
    rate = Rate()
    order_ref = PlainText(64, blank=False)
    delivery_refs = fields.List(PlainText(64, blank=False), validate=validate.Length(max=MOST_NOTES))
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
    open_value = fields.Nested(MoneySchema, metadata={"description": "in the company's currency"})
    order_id = fields.UUID(allow_none=True)
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
        "open_value": money(invoice.open_value),
        "order_id": str(invoice.order_id) if invoice.order_id else None,
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
