"""Imports on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money
from webapp.imports.models import Import
from webapp.imports.staging import StagedRow

OUTCOMES = ("created", "updated", "unchanged", "skipped", "refused", "cleared")
MODES = ("delta", "stock")
FAULT = ("row", "column", "code", "message")
AMOUNTS = ("gross", "paid", "outstanding_before", "outstanding_after", "account_balance")


class CountsOut(ApiSchema):
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    skipped = fields.Integer()
    refused = fields.Integer()
    cleared = fields.Integer()


class TotalsOut(ApiSchema):
    """What the file adds up to, and its effect on the books."""

    rows = fields.Integer()
    clients = fields.Integer()
    clients_created = fields.Integer()
    payments = fields.Integer()
    new_breaches = fields.Integer()
    invoices = fields.Integer(metadata={"description": "Of a FEC, as credit_notes, refunds and receipts."})
    credit_notes = fields.Integer()
    refunds = fields.Integer()
    receipts = fields.Integer()
    lettered = fields.Integer()
    groups = fields.Integer()
    groups_unbalanced = fields.Integer()
    account_balance = fields.Nested(MoneySchema, allow_none=True)
    gross = fields.Nested(MoneySchema, allow_none=True)
    paid = fields.Nested(MoneySchema, allow_none=True)
    outstanding_before = fields.Nested(MoneySchema, allow_none=True)
    outstanding_after = fields.Nested(MoneySchema, allow_none=True)


class NoteOut(ApiSchema):
    code = fields.String()
    message = fields.String()
    count = fields.Integer()
    row = fields.Integer(allow_none=True)


class FaultOut(ApiSchema):
    row = fields.Integer(allow_none=True)
    column = fields.String(allow_none=True)
    code = fields.String()
    message = fields.String()


class ImportOut(ApiSchema):
    """An import and where it stands."""

    id = fields.UUID()
    filename = fields.String()
    size = fields.Integer()
    kind = fields.String()
    format = fields.String()
    mode = fields.String()
    state = fields.String()
    headers = fields.List(fields.String())
    mapping = fields.Dict(keys=fields.String(), values=fields.String())
    rows_total = fields.Integer()
    rows_done = fields.Integer()
    counts = fields.Nested(CountsOut)
    totals = fields.Nested(TotalsOut)
    warnings = fields.List(fields.Nested(NoteOut))
    errors = fields.List(fields.Nested(FaultOut))
    created_at = fields.DateTime()
    finished_at = fields.DateTime(allow_none=True)
    undone_at = fields.DateTime(allow_none=True)


class RowOut(ApiSchema):
    """A row of the file and what it does; `values` and `before` are under the importer's field names."""

    line = fields.Integer()
    outcome = fields.String()
    values = fields.Dict(keys=fields.String())
    before = fields.Dict(keys=fields.String(), allow_none=True)
    errors = fields.List(fields.Nested(FaultOut))


class UploadForm(ApiSchema):
    kind = fields.String(
        load_default="invoices", validate=validate.OneOf(("invoices", "clients", "payments"))
    )
    mode = fields.String(
        load_default="delta",
        validate=validate.OneOf(MODES),
        metadata={"description": "stock: the file is everything that is open; what it lacks is cleared."},
    )


class UploadFile(ApiSchema):
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class MappingIn(ApiSchema):
    mapping = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.String(validate=validate.Length(max=200), allow_none=True),
        required=True,
    )
    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))


class RowArgs(PageArgs):
    outcome = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(OUTCOMES))


def import_json(row: Import) -> dict[str, Any]:
    """The wire form of an import."""
    totals = dict(row.totals)
    currency = totals.pop("currency", "EUR")
    return {
        "id": row.id, "filename": row.filename, "size": row.size, "kind": row.kind, "format": row.format,
        "mode": row.mode, "state": row.state, "mapping": row.mapping,
        "headers": row.dialect.get("headers", []),
        "rows_total": row.rows_total, "rows_done": row.rows_done, "counts": row.counts,
        "totals": totals | {name: money(totals[name], currency) for name in AMOUNTS if name in totals},
        "warnings": row.warnings,
        "errors": [{key: each.get(key) for key in FAULT} for each in row.errors],
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "undone_at": row.undone_at.isoformat() if row.undone_at else None,
    }  # fmt: skip


def row_json(row: StagedRow) -> dict[str, Any]:
    """The wire form of a staged row."""
    errors = [
        {"row": row.line, "column": each["column"] or None, "code": each["code"], "message": each["message"]}
        for each in row.errors or []
    ]
    return {
        "line": row.line,
        "outcome": row.outcome,
        "values": row.values,
        "before": row.before,
        "errors": errors,
    }
