"""Promises as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText
from webapp.promises import rules


class PromiseSaid(ApiSchema):
    """What was said: how much, by when, by whom."""

    amount = AnyMoney(required=True)
    promised_on = Day(required=True)
    said_by = PlainText(rules.LONGEST_NAME, load_default=None, allow_none=True)
    note = PlainText(rules.LONGEST_NOTE, lines=True, load_default=None, allow_none=True)
    message_id = fields.UUID(load_default=None, allow_none=True)


class PromiseIn(PromiseSaid):
    """A promise for an invoice (in its currency), or of a client at large: one of the two references,
    or the thread it was said in."""

    thread_id = fields.UUID(load_default=None, allow_none=True)
    invoice_ref = PlainText(64, load_default=None, allow_none=True)
    client_ref = PlainText(64, load_default=None, allow_none=True)

    @validates_schema
    def _one_reference(self, values: dict[str, Any], **_options: object) -> None:
        if sum(bool(values.get(name)) for name in ("thread_id", "invoice_ref", "client_ref")) != 1:
            raise ValidationError(str(_l("Indiquez une facture ou un client.")), "invoice_ref")


class PromiseArgs(PageArgs):
    """Which promises: `state` is open, missed (part or all of it), kept or all."""

    state = fields.String(load_default="all", validate=validate.OneOf(rules.FILTERS))
    client_ref = PlainText(64, load_default=None, allow_none=True)
    invoice_ref = PlainText(64, load_default=None, allow_none=True)


class PromiseOut(ApiSchema):
    """A promise and what became of it. `received` is null for those who see no payments."""

    id = fields.UUID()
    client_id = fields.UUID()
    client_ref = fields.String()
    invoice_id = fields.UUID(allow_none=True)
    invoice_ref = fields.String(allow_none=True)
    thread_id = fields.UUID()
    message_id = fields.UUID(allow_none=True)
    amount = fields.Nested(MoneySchema)
    promised_on = fields.Date()
    said_by = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    taken_by = fields.String(allow_none=True)
    taken_at = fields.DateTime()
    state = fields.String(validate=validate.OneOf(rules.STATES))
    received = fields.Nested(MoneySchema, allow_none=True)
    fulfilled_on = fields.Date(allow_none=True)
    replaced_by = fields.UUID(allow_none=True)


PromisePage = page_of(PromiseOut, "PromisePage")


def promise_json(line: Any) -> dict[str, Any]:
    """A `PromiseLine` as the contract shows it."""
    row = line.promise
    plain = ("promised_on", "said_by", "note", "taken_at", "state", "fulfilled_on")
    ids = ("id", "client_id", "invoice_id", "thread_id", "message_id", "replaced_by")
    found = {name: getattr(row, name) for name in plain}
    found |= {name: str(getattr(row, name)) if getattr(row, name) else None for name in ids}
    return {
        **found,
        "client_ref": line.client.ref,
        "invoice_ref": line.invoice_ref,
        "taken_by": line.taken_by,
        "amount": money(row.amount, row.currency),
        "received": money(line.received, row.currency),
    }
