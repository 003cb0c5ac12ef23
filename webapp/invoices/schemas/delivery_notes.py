"""Delivery notes as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.clients.models import Client
from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText, Rate
from webapp.invoices.models import DeliveryNote

STATES = ("unbilled", "billed", "closed")


class DeliveryNoteWrite(ApiSchema):
    """What a program writes of a delivery note; the invoice that bills it names it. `closed` says that
    nothing of it will be billed."""

    client_ref = PlainText(64, required=True, blank=False)
    delivered_on = Day(required=True)
    amount = AnyMoney(required=True)
    rate = Rate()
    order_ref = PlainText(64, blank=False, allow_none=True)
    closed = fields.Boolean()


class DeliveryNoteSchema(ApiSchema):
    """A delivery note, and what of it no invoice stands for yet (`open_value`, the company's currency)."""

    id = fields.UUID()
    ref = fields.String()
    client_id = fields.UUID()
    client_ref = fields.String()
    order_ref = fields.String(allow_none=True)
    invoice_ref = fields.String(allow_none=True)
    delivered_on = fields.Date()
    amount = fields.Nested(MoneySchema)
    open_value = fields.Nested(MoneySchema)
    state = fields.String(validate=validate.OneOf(STATES))
    closed_on = fields.Date(allow_none=True)


class DeliveryNoteListArgs(PageArgs):
    """Filters of the list of delivery notes."""

    client_ref = PlainText(64)
    client_id = fields.UUID()
    unbilled = fields.Boolean()


DeliveryNotePage = page_of(DeliveryNoteSchema, "DeliveryNotePage")


def note_json(
    note: DeliveryNote, client: Client, order_ref: str | None, invoice_ref: str | None
) -> dict[str, Any]:
    """A delivery note as the contract shows it."""
    return {
        "id": str(note.id),
        "ref": note.ref,
        "client_id": str(note.client_id),
        "client_ref": client.ref,
        "order_ref": order_ref,
        "invoice_ref": invoice_ref,
        "delivered_on": note.delivered_on,
        "amount": money(note.amount, note.currency),
        "open_value": money(note.open_value),
        "state": note.state,
        "closed_on": note.closed_on,
    }
