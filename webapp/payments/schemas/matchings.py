"""Proposals and acts of matching on the wire."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import Amount, Day, PlainText
from webapp.payments.rules import RETURN_REASONS, WRITE_OFF_REASONS
from webapp.payments.rules.evidence import Proposal
from webapp.payments.schemas.reasons import reason_json, sentence

MOST_SHARES = 300
MOST_AT_ONCE = 25  # accepted in one call: one transaction
KEY = validate.Regexp(r"^[0-9a-f]{32}$")


class ReasonSchema(ApiSchema):
    """One visible rule that spoke, with its points; `text` is the sentence in the reader's language."""

    code = fields.String()
    points = fields.Integer()
    doubt = fields.Boolean()
    text = fields.String()


class ProposedShareSchema(ApiSchema):
    """What would go on an invoice, and from where."""

    invoice_ref = fields.String()
    amount = fields.Nested(MoneySchema)
    payment_id = fields.UUID(allow_none=True)
    credit_ref = fields.String(allow_none=True)


class ProposalSchema(ApiSchema):
    """What a payment may settle. `sure`: confidence of 90 or more and no doubt."""

    key = fields.String()
    kind = fields.String()
    confidence = fields.Integer()
    sure = fields.Boolean()
    shares = fields.List(fields.Nested(ProposedShareSchema))
    rest = fields.Nested(
        MoneySchema, metadata={"description": "documents less money; negative stays unapplied"}
    )
    write_off = fields.String(allow_none=True)
    reasons = fields.List(fields.Nested(ReasonSchema))


class ProposalList(ApiSchema):
    """Best first; at most five."""

    items = fields.List(fields.Nested(ProposalSchema))
    next_cursor = fields.String(allow_none=True)


class DocumentShare(ApiSchema):
    """An invoice or a credit note, and how much of it."""

    ref = PlainText(64, required=True, blank=False)
    amount = Amount(required=True)


def _documents(**options: Any) -> Any:
    return fields.List(fields.Nested(DocumentShare), validate=validate.Length(max=MOST_SHARES), **options)


class MatchingWrite(ApiSchema):
    """Either `proposal`, the key of one, or the `invoices` a person chose."""

    payment_id = fields.UUID(required=True)
    proposal = fields.String(validate=KEY)
    invoices = _documents()
    credits = _documents()
    write_off = fields.String(allow_none=True, validate=validate.OneOf(WRITE_OFF_REASONS))

    @validates_schema
    def _one_way(self, values: dict[str, Any], **_: Any) -> None:
        by_hand = {"invoices", "credits", "write_off"} & set(values)
        if ("proposal" in values) == bool(by_hand):
            raise ValidationError("proposal or invoices", "proposal")


class MatchingArgs(PageArgs):
    """Filters of the list of matchings."""

    client_ref = PlainText(64)
    payment_id = fields.UUID()


class AcceptWrite(ApiSchema):
    """A payment and the key of its proposal."""

    payment_id = fields.UUID(required=True)
    proposal = fields.String(required=True, validate=KEY)


class BulkWrite(ApiSchema):
    """Sure proposals to accept together."""

    items = fields.List(fields.Nested(AcceptWrite), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class BulkSchema(ApiSchema):
    """What became of them; `batch_id` undoes them together."""

    batch_id = fields.UUID()
    matched = fields.List(fields.UUID(), metadata={"description": "ids of the matchings made"})
    left = fields.List(fields.UUID(), metadata={"description": "payments whose proposal is gone or not sure"})


class UndoneSchema(ApiSchema):
    """How many matchings of the batch were undone; call again until it is 0."""

    undone = fields.Integer()


class RefusalWrite(ApiSchema):
    """The proposal turned down."""

    proposal = fields.String(required=True, validate=KEY)


class ReturnWrite(ApiSchema):
    """The bank took the money back."""

    returned_on = Day(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(RETURN_REASONS))


class MatchedShareSchema(ApiSchema):
    """A share of a matching; undone ones carry the day they were reversed."""

    invoice_id = fields.UUID()
    invoice_ref = fields.String()
    payment_id = fields.UUID(allow_none=True)
    credit_ref = fields.String(allow_none=True)
    amount = fields.Nested(MoneySchema)
    effective_on = fields.Date()
    reversed_on = fields.Date(allow_none=True)


class MatchingSchema(ApiSchema):
    """An act of matching: what was put on what, by whom and why."""

    id = fields.UUID()
    client_ref = fields.String()
    source = fields.String()
    code = fields.String(allow_none=True)
    made_at = fields.DateTime()
    made_by = fields.String(allow_none=True)
    undone_on = fields.Date(allow_none=True)
    batch_id = fields.UUID(allow_none=True)
    reasons = fields.List(fields.Nested(ReasonSchema))
    shares = fields.List(fields.Nested(MatchedShareSchema))


MatchingPage = page_of(MatchingSchema, "MatchingPage")


def proposal_json(proposal: Proposal, currency: str) -> dict[str, Any]:
    """A proposal as the contract shows it."""
    refs = {item.id: item.ref for item in (*proposal.items, *proposal.credits)}
    return {
        "key": proposal.key,
        "kind": proposal.kind,
        "confidence": proposal.confidence,
        "sure": proposal.sure,
        "shares": [
            {
                "invoice_ref": refs[share.invoice_id],
                "amount": money(share.amount, currency),
                "payment_id": None if share.of_credit else str(share.source_id),
                "credit_ref": refs[share.source_id] if share.of_credit else None,
            }
            for share in proposal.shares
        ],
        "rest": money(proposal.gap, currency),
        "write_off": proposal.write_off,
        "reasons": reasons_json([reason_json(each) for each in proposal.reasons], currency),
    }


def reasons_json(reasons: Sequence[Any], currency: str) -> list[dict[str, Any]]:
    """Stored reasons with their sentences."""
    return [
        {
            "code": each.get("code"),
            "points": each.get("points", 0),
            "doubt": bool(each.get("doubt")),
            "text": sentence(each, currency),
        }
        for each in reasons
        if isinstance(each, dict)
    ]


def matching_json(line: Any) -> dict[str, Any]:
    """An act of matching (`queries.MatchingLine`) as the contract shows it."""
    matching = line.matching
    currency = line.shares[0].invoice.currency if line.shares else "EUR"
    return {
        "id": str(matching.id),
        "client_ref": line.client_ref,
        "source": matching.source,
        "code": matching.code,
        "made_at": matching.made_at,
        "made_by": line.made_by_name,
        "undone_on": matching.undone_on,
        "batch_id": _text(matching.batch_id),
        "reasons": reasons_json(matching.reasons, currency),
        "shares": [
            {
                "invoice_id": str(share.invoice.id),
                "invoice_ref": share.invoice.ref,
                "payment_id": _text(share.allocation.payment_id),
                "credit_ref": share.credit_ref,
                "amount": money(share.allocation.amount, currency),
                "effective_on": _day(share.allocation.effective_on),
                "reversed_on": _day(share.allocation.reversed_on),
            }
            for share in line.shares
        ],
    }


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value is not None else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
