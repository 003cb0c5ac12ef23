"""Requests for a credit note as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, PlainText
from webapp.credit_requests import rules


class CreditRequestIn(ApiSchema):
    """A part of an invoice that should be credited, in its currency, and why."""

    invoice_ref = PlainText(64, required=True, blank=False)
    amount = AnyMoney(required=True)
    reason = PlainText(rules.LONGEST_REASON, lines=True, required=True, blank=False)
    message_id = fields.UUID(load_default=None, allow_none=True)


class CreditAnswerIn(ApiSchema):
    """The answer. `grant` names a credit note of the client (recorded if it is new); `decline` says why."""

    decision = fields.String(required=True, validate=validate.OneOf(("grant", "decline")))
    credit_ref = PlainText(rules.LONGEST_REF, load_default=None, allow_none=True)
    amount = AnyMoney(load_default=None, allow_none=True)
    reason = PlainText(rules.LONGEST_REASON, lines=True, load_default=None, allow_none=True)

    @validates_schema
    def _complete(self, values: dict[str, Any], **_options: object) -> None:
        if values.get("decision") == "grant" and not (values.get("credit_ref") or "").strip():
            raise ValidationError(str(_l("Indiquez le numéro de l’avoir.")), "credit_ref")


class CreditRequestArgs(PageArgs):
    """Which requests."""

    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(rules.STATES))
    invoice_id = fields.UUID(load_default=None, allow_none=True)


class CreditRequestOut(ApiSchema):
    """A request and its answer; `answered_by` is null when a credit note answered by itself."""

    id = fields.UUID()
    invoice_id = fields.UUID()
    invoice_ref = fields.String()
    client_id = fields.UUID()
    message_id = fields.UUID(allow_none=True)
    amount = fields.Nested(MoneySchema)
    reason = fields.String()
    state = fields.String(validate=validate.OneOf(rules.STATES))
    asked_by = fields.UUID()
    asked_at = fields.DateTime()
    answered_by = fields.UUID(allow_none=True)
    answered_at = fields.DateTime(allow_none=True)
    answer = fields.String(allow_none=True)
    granted = fields.Nested(MoneySchema, allow_none=True)
    credit_id = fields.UUID(allow_none=True)
    credit_ref = fields.String(allow_none=True)


CreditRequestPage = page_of(CreditRequestOut, "CreditRequestPage")


def request_json(line: Any) -> dict[str, Any]:
    """A `RequestLine` as the contract shows it."""
    row, currency = line.request, line.invoice.currency
    plain = ("reason", "state", "asked_at", "answered_at", "answer")
    ids = ("id", "invoice_id", "client_id", "message_id", "asked_by", "answered_by", "credit_id")
    found = {name: getattr(row, name) for name in plain}
    found |= {name: str(getattr(row, name)) if getattr(row, name) else None for name in ids}
    return {
        **found,
        "invoice_ref": line.invoice.ref,
        "credit_ref": line.credit_ref,
        "amount": money(row.amount, currency),
        "granted": money(row.granted, currency),
    }
