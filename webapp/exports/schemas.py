"""Exports on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema
from webapp.core.fields import PlainText
from webapp.exports.models import Export
from webapp.exports.rules import DECIMALS, FORMATS


class ExportIn(ApiSchema):
    """A list as a file; `filters` are those of the list's page, as its address has them."""

    list = PlainText(30, required=True)
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))
    decimals = fields.String(load_default="fr", validate=validate.OneOf(DECIMALS))
    filters = fields.Dict(
        keys=PlainText(30), values=PlainText(200), load_default=dict, validate=validate.Length(max=12)
    )


class ExportOut(ApiSchema):
    """A file: `waiting`, `writing`, `done`, `failed`, `cancelled`, or `expired` after a week."""

    id = fields.UUID()
    list = fields.String()
    format = fields.String()
    filters = fields.Dict(keys=fields.String(), values=fields.String())
    state = fields.String()
    reason = fields.String(allow_none=True)
    rows_done = fields.Integer()
    filename = fields.String()
    size = fields.Integer()
    created_at = fields.DateTime()
    finished_at = fields.DateTime(allow_none=True)


def export_json(row: Export) -> dict[str, Any]:
    """The body of an answer."""
    return {
        "id": row.id,
        "list": row.listing,
        "format": row.format,
        "filters": row.filters,
        "state": row.state,
        "reason": row.reason,
        "rows_done": row.rows_done,
        "filename": row.filename,
        "size": row.size,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }
