"""The aged balance on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money
from webapp.core.fields import Day
from webapp.kpis.formulas.aging import BASES, BY, Line, ages


class AgingArgs(PageArgs):
    """Which aged balance. `sort` is a column, with `-` before it when it falls."""

    as_of = Day(load_default=None, allow_none=True, metadata={"description": "today when left out"})
    by = fields.String(load_default="client", validate=validate.OneOf(BY))
    date = fields.String(load_default="due", validate=validate.OneOf(BASES))
    sort = fields.String(load_default="-total", validate=validate.Length(max=20))
    branch_id = fields.UUID(load_default=None, allow_none=True)
    rep_id = fields.UUID(load_default=None, allow_none=True)


class BucketOut(ApiSchema):
    """Days late from the first to the last, both included; null where there is no end."""

    first = fields.Integer(data_key="from", allow_none=True)
    last = fields.Integer(data_key="to", allow_none=True)
    amount = fields.Nested(MoneySchema)
    share = fields.Float(metadata={"description": "per cent of what is open, to one decimal"})


class AgedAmounts(ApiSchema):
    """What is open, in the order of `buckets`; credits and unapplied cash are positive."""

    amounts = fields.List(fields.Nested(MoneySchema))
    credits = fields.Nested(MoneySchema)
    unapplied = fields.Nested(MoneySchema)
    overdue = fields.Nested(MoneySchema)
    total = fields.Nested(MoneySchema)


class AgingLine(AgedAmounts):
    """One client, sales representative (no id: nobody's) or branch."""

    id = fields.UUID(allow_none=True)
    ref = fields.String(allow_none=True)
    name = fields.String()


class AgingPage(ApiSchema):
    """A page of lines, with the totals of all of them."""

    as_of = fields.Date()
    by = fields.String()
    date = fields.String()
    count = fields.Integer()
    buckets = fields.List(fields.Nested(BucketOut))
    totals = fields.Nested(AgedAmounts)
    items = fields.List(fields.Nested(AgingLine))
    next_cursor = fields.String(allow_none=True)


def _amounts(line: Line, currency: str) -> dict[str, Any]:
    gross, credits, unapplied = line.gross, line.credits, line.unapplied
    return {
        "amounts": [{"amount": amount, "currency": currency} for amount in line.buckets],
        "credits": {"amount": credits, "currency": currency},
        "unapplied": {"amount": unapplied, "currency": currency},
        "overdue": {"amount": gross - line.buckets[0], "currency": currency},
        "total": {"amount": gross - credits - unapplied, "currency": currency},
    }


def aged_json(aged: Any, currency: str, cursor: str | None) -> dict[str, Any]:
    """The body of an answer from `queries.listing.Aged`."""
    choice, total = aged.choice, aged.total
    spans = zip(ages(aged.bounds), total.buckets, aged.shares, strict=True)
    return {
        "as_of": choice.question.as_of,
        "by": choice.by,
        "date": choice.question.basis,
        "count": aged.count,
        "buckets": [
            {"from": first, "to": last, "amount": money(amount, currency), "share": share}
            for (first, last), amount, share in spans
        ],
        "totals": _amounts(total, currency),
        "items": [
            {
                "id": line.key,
                "ref": aged.names[line.key].ref,
                "name": aged.names[line.key].name,
                **_amounts(line, currency),
            }
            for line in aged.lines
        ],
        "next_cursor": cursor,
    }
