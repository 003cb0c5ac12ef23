"""Custom fields, groups and merges as the API writes and shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.clients.rules import FIELD_KINDS
from webapp.core.api import ApiSchema, MoneySchema, money
from webapp.core.fields import PlainText


class FieldWrite(ApiSchema):
    """A question about every client."""

    label = PlainText(80, required=True, blank=False)
    kind = fields.String(required=True, validate=validate.OneOf(FIELD_KINDS))
    choices = fields.List(PlainText(80), load_default=list, validate=validate.Length(max=30))
    valid_days = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 3650)
    )


class FieldSchema(FieldWrite):
    """The same, as it stands."""

    id = fields.UUID()


class ValueWrite(ApiSchema):
    """An answer, as text: a number with a point, a day `YYYY-MM-DD`, `yes` or `no`; empty takes it away."""

    value = PlainText(400, required=True)


class ValueSchema(ApiSchema):
    """A question and one client's answer; `stale` asks whether it is still true."""

    field_id = fields.UUID()
    label = fields.String()
    kind = fields.String()
    value = fields.String(allow_none=True)
    author = fields.String(allow_none=True)
    written_at = fields.DateTime(allow_none=True)
    confirmed_at = fields.DateTime(allow_none=True)
    stale = fields.Boolean()


class MemberSchema(ApiSchema):
    """A client of a group."""

    id = fields.UUID()
    ref = fields.String()
    name = fields.String()
    outstanding = fields.Nested(MoneySchema)
    overdue = fields.Nested(MoneySchema)


class GroupSchema(ApiSchema):
    """Clients that belong together, as far as you see them; `hidden` says how many more there are."""

    members = fields.List(fields.Nested(MemberSchema))
    hidden = fields.Integer()
    outstanding = fields.Nested(MoneySchema)
    overdue = fields.Nested(MoneySchema)
    limit = fields.Nested(MoneySchema, allow_none=True)


class ParentWrite(ApiSchema):
    """The client it is a subsidiary of; null takes it out."""

    parent_ref = PlainText(64, required=True, allow_none=True)


class MergeWrite(ApiSchema):
    """The duplicate that is merged into this client."""

    loser_ref = PlainText(64, required=True, blank=False)


class MergeSchema(ApiSchema):
    """A merge; `moved` counts what went over, by table."""

    id = fields.UUID()
    survivor_id = fields.UUID()
    loser_id = fields.UUID()
    moved = fields.Dict(keys=fields.String(), values=fields.Integer())
    made_at = fields.DateTime()
    undone_at = fields.DateTime(allow_none=True)


def field_json(row: Any) -> dict[str, Any]:
    """A question as the contract shows it."""
    return {
        "id": str(row.id),
        "label": row.label,
        "kind": row.kind,
        "choices": list(row.choices),
        "valid_days": row.valid_days,
    }


def value_json(answer: Any) -> dict[str, Any]:
    """An answer as the contract shows it."""
    return {
        "field_id": str(answer.field.id),
        "label": answer.field.label,
        "kind": answer.field.kind,
        "value": answer.value,
        "author": answer.author,
        "written_at": answer.written_at,
        "confirmed_at": answer.confirmed_at,
        "stale": answer.stale,
    }


def group_json(group: Any) -> dict[str, Any]:
    """A group as the contract shows it."""
    return {
        "members": [
            {
                "id": str(each.client.id),
                "ref": each.client.ref,
                "name": each.client.name,
                "outstanding": money(each.outstanding),
                "overdue": money(each.overdue),
            }
            for each in group.members
        ],
        "hidden": group.hidden,
        "outstanding": money(group.outstanding),
        "overdue": money(group.overdue),
        "limit": money(group.limit),
    }


def merge_json(merge: Any) -> dict[str, Any]:
    """A merge as the contract shows it."""
    return {
        "id": str(merge.id),
        "survivor_id": str(merge.survivor_id),
        "loser_id": str(merge.loser_id),
        "moved": {table: len(ids) for table, ids in merge.moved.items()},
        "made_at": merge.made_at,
        "undone_at": merge.undone_at,
    }
