"""What was given up, as the API writes and reads it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, PlainText
from webapp.payments import rules
from webapp.payments.models import WriteOff

STATES = ("asked", "approved", "refused", "undone")


class WriteOffWrite(ApiSchema):
    """A part of an invoice to give up, in its currency. `note` is needed when the reason is other."""

    invoice_ref = PlainText(64, required=True, blank=False)
    amount = AnyMoney(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(rules.WRITE_OFF_REASONS))
    note = PlainText(1000, lines=True, allow_none=True)


class WriteOffDecision(ApiSchema):
    """The answer to what somebody else asked; refusing needs a note."""

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "reject")))
    note = PlainText(1000, lines=True, allow_none=True)


class WriteOffSchema(ApiSchema):
    """What was asked or given up. `document_id` is the entry in the books once it is approved."""

    id = fields.UUID()
    invoice_id = fields.UUID()
    invoice_ref = fields.String()
    client_id = fields.UUID()
    amount = fields.Nested(MoneySchema)
    reason = fields.String()
    note = fields.String(allow_none=True)
    state = fields.String()
    document_id = fields.UUID(allow_none=True)
    requested_by = fields.UUID(allow_none=True)
    requested_at = fields.DateTime()
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.DateTime(allow_none=True)
    decision_note = fields.String(allow_none=True)


class WriteOffListArgs(PageArgs):
    """Filters of the list of write-offs."""

    state = fields.String(validate=validate.OneOf(STATES))
    client_id = fields.UUID()


WriteOffPage = page_of(WriteOffSchema, "WriteOffPage")


def write_off_json(row: WriteOff, invoice_ref: str, currency: str) -> dict[str, Any]:
    """A write-off as the contract shows it."""
    plain = ("reason", "note", "state", "requested_at", "decided_at", "decision_note")
    ids = ("id", "invoice_id", "client_id", "document_id", "requested_by", "decided_by")
    found = {name: getattr(row, name) for name in plain}
    found |= {name: str(getattr(row, name)) if getattr(row, name) else None for name in ids}
    return {**found, "invoice_ref": invoice_ref, "amount": money(row.amount, currency)}
