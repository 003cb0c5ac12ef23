"""Limit requests as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText
from webapp.limit_requests import rules
from webapp.risk.rules import LONGEST_DELAY


class EvidenceSchema(ApiSchema):
    """Something a request rests on: a visit, a promise or a dispute of the same client."""

    kind = fields.String(required=True, validate=validate.OneOf(rules.EVIDENCE))
    id = fields.UUID(required=True)


class LimitRequestIn(ApiSchema):
    """A limit somebody asks for, and why."""

    client_ref = PlainText(64, required=True, blank=False)
    amount = AnyMoney(required=True)
    max_days_late = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, LONGEST_DELAY)
    )
    ends_on = Day(load_default=None, allow_none=True)
    reason = PlainText(rules.LONGEST_TEXT, lines=True, required=True, blank=False)
    evidence = fields.List(
        fields.Nested(EvidenceSchema), load_default=list, validate=validate.Length(max=rules.MOST_EVIDENCE)
    )


class DecisionIn(ApiSchema):
    """A decision: `approve` (as asked, less, or for a time), `reject`, `ask` back, or `pass_on` to whose
    authority it takes. What is refused or asked back says why; `seen_revision` refuses what changed."""

    decision = fields.String(required=True, validate=validate.OneOf(rules.DECISIONS))
    amount = AnyMoney(load_default=None, allow_none=True)
    ends_on = Day(load_default=None, allow_none=True)
    conditions = PlainText(rules.LONGEST_TEXT, lines=True, load_default=None, allow_none=True)
    reason = PlainText(rules.LONGEST_TEXT, lines=True, load_default="", allow_none=True)
    seen_revision = fields.Integer(strict=True, load_default=None, allow_none=True)


class AnswerIn(ApiSchema):
    """What the one who asked says to a question."""

    answer = PlainText(rules.LONGEST_TEXT, lines=True, required=True, blank=False)


class LimitRequestArgs(PageArgs):
    """Which requests."""

    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(rules.STATES))
    client_ref = PlainText(64, load_default=None, allow_none=True)


class LimitRequestOut(ApiSchema):
    """A request and what became of it: `stage` is the role it waits for, until `answer_by`; `first_by` the
    first of two."""

    id = fields.UUID()
    client_id = fields.UUID()
    client_ref = fields.String()
    amount = fields.Nested(MoneySchema)
    max_days_late = fields.Integer(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    reason = fields.String()
    evidence = fields.List(fields.Nested(EvidenceSchema))
    exposure = fields.Nested(MoneySchema)
    judged = fields.Nested(MoneySchema)
    stage = fields.String()
    answer_by = fields.Date(allow_none=True)
    state = fields.String(validate=validate.OneOf(rules.STATES))
    revision = fields.Integer()
    asked_by = fields.UUID()
    asked_at = fields.DateTime()
    first_by = fields.UUID(allow_none=True)
    granted = fields.Nested(MoneySchema, allow_none=True)
    granted_until = fields.Date(allow_none=True)
    conditions = fields.String(allow_none=True)
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.DateTime(allow_none=True)
    limit_id = fields.UUID(allow_none=True)
    record_id = fields.UUID(allow_none=True, metadata={"description": "The file of the decision, once made"})


LimitRequestPage = page_of(LimitRequestOut, "LimitRequestPage")


def request_json(line: Any) -> dict[str, Any]:
    """A `RequestLine` as the contract shows it."""
    row = line.request
    plain = ["max_days_late", "ends_on", "reason", "evidence", "stage", "answer_by", "state"]
    plain += ["revision", "asked_at", "granted_until", "conditions", "decided_at"]
    ids = ("id", "client_id", "asked_by", "first_by", "decided_by", "limit_id", "record_id")
    found = {name: getattr(row, name) for name in plain}
    found |= {name: str(getattr(row, name)) if getattr(row, name) else None for name in ids}
    return {
        **found,
        "client_ref": line.client.ref,
        "amount": money(row.amount, row.currency),
        "granted": money(row.granted, row.currency),
        "exposure": money(row.snapshot["exposure"], row.currency),
        "judged": money(row.judged, row.currency),
    }
