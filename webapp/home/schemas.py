"""May this order ship? The question and the answer on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, money
from webapp.core.money import MAX_AMOUNT
from webapp.core.pages import locale_name
from webapp.home.words import say_reason


class CreditCheckArgs(ApiSchema):
    """How much is to be sold, in minor units of the company's currency."""

    amount = fields.Integer(required=True, validate=validate.Range(1, MAX_AMOUNT))


class CreditReasonSchema(ApiSchema):
    """Why: a code for programs, a sentence for people."""

    code = fields.String()
    message = fields.String()


class BestActSchema(ApiSchema):
    """The one act that frees the most credit: an invoice to collect, a dispute to settle."""

    kind = fields.String(validate=validate.OneOf(("collect", "settle")))
    id = fields.UUID()
    ref = fields.String()
    amount = fields.Nested(MoneySchema)
    enough = fields.Boolean()


class CreditCheckSchema(ApiSchema):
    """`yes`; `deposit`: once `deposit` is paid; `ask`: somebody has to decide. Reasons are never empty."""

    answer = fields.String(validate=validate.OneOf(("yes", "deposit", "ask")))
    deposit = fields.Nested(MoneySchema, allow_none=True)
    reasons = fields.List(fields.Nested(CreditReasonSchema))
    best_act = fields.Nested(BestActSchema, allow_none=True)


def credit_check_json(check: Any) -> dict[str, Any]:
    """The wire form of a `queries.selling.Check`."""
    verdict, act = check.verdict, check.act
    return {
        "answer": verdict.answer,
        "deposit": money(verdict.deposit),
        "reasons": [
            {"code": each.code, "message": say_reason(each, "EUR", locale_name())} for each in verdict.reasons
        ],
        "best_act": act
        and {
            "kind": act.kind,
            "id": str(act.id),
            "ref": act.ref,
            "amount": money(act.amount),
            "enough": check.enough,
        },
    }
