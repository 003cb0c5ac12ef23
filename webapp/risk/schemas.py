"""Limits, guarantees and alerts on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money
from webapp.core.fields import AnyMoney, Day, PlainText
from webapp.risk.rules import GUARANTEE_KINDS, LONGEST_DELAY, utilisation


class LimitIn(ApiSchema):
    """A limit as programs write it."""

    client_ref = PlainText(64, required=True, blank=False)
    amount = fields.Nested(MoneySchema, required=True)
    max_days_late = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, LONGEST_DELAY)
    )
    starts_on = fields.Date(load_default=None, allow_none=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    source = fields.String(load_default="internal", validate=validate.Length(1, 40))


class LimitOut(ApiSchema):
    """A limit: how much and how late is tolerated, between dates."""

    id = fields.UUID()
    client_id = fields.UUID()
    client_ref = fields.String()
    amount = fields.Nested(MoneySchema)
    max_days_late = fields.Integer(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    source = fields.String()
    set_by = fields.String(allow_none=True)
    set_at = fields.DateTime()
    replaced_at = fields.DateTime(allow_none=True)


class LimitArgs(PageArgs):
    """Which limits: those that count, or with `history` every one of a client."""

    client_ref = PlainText(64, load_default=None)
    history = fields.Boolean(load_default=False)


class GuaranteeIn(ApiSchema):
    """A guarantee as programs write it: `share` per cent of `amount` are paid."""

    kind = fields.String(required=True, validate=validate.OneOf(GUARANTEE_KINDS))
    giver = PlainText(120, required=True, blank=False)
    reference = PlainText(64, load_default=None, allow_none=True)
    amount = AnyMoney(required=True)
    share = fields.Integer(strict=True, load_default=100, validate=validate.Range(1, 100))
    starts_on = Day(load_default=None, allow_none=True)
    ends_on = Day(load_default=None, allow_none=True)


class GuaranteeOut(ApiSchema):
    """A guarantee: `cover` is what it pays, `holds` whether it does today."""

    id = fields.UUID()
    client_id = fields.UUID()
    kind = fields.String(validate=validate.OneOf(GUARANTEE_KINDS))
    giver = fields.String()
    reference = fields.String(allow_none=True)
    amount = fields.Nested(MoneySchema)
    share = fields.Integer()
    cover = fields.Nested(MoneySchema)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    holds = fields.Boolean()
    recorded_by = fields.String(allow_none=True)
    recorded_at = fields.DateTime()
    withdrawn_by = fields.String(allow_none=True)
    withdrawn_at = fields.DateTime(allow_none=True)


class GuaranteeList(ApiSchema):
    """The guarantees of one client."""

    items = fields.List(fields.Nested(GuaranteeOut))


class PersonOut(ApiSchema):
    """A person, by id and name."""

    id = fields.UUID()
    name = fields.String()


class AlertClientOut(ApiSchema):
    """The client an alert is about."""

    id = fields.UUID()
    ref = fields.String()
    name = fields.String()


class AlertOut(ApiSchema):
    """An alert, with the figures as they stood when it was raised. `level` is per cent of the limit, or for
    what is about to end on `ends_on` the days that were left."""

    id = fields.UUID()
    client_id = fields.UUID()
    client = fields.Nested(AlertClientOut)
    kind = fields.String()
    level = fields.Integer()
    severity = fields.Integer()
    state = fields.String()
    utilisation = fields.Integer(allow_none=True)
    exposure = fields.Nested(MoneySchema)
    limit = fields.Nested(MoneySchema, allow_none=True)
    overdue = fields.Nested(MoneySchema)
    days_late = fields.Integer(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    raised_at = fields.DateTime()
    acknowledged_by = fields.Nested(PersonOut, allow_none=True)
    acknowledged_at = fields.DateTime(allow_none=True)
    snoozed_until = fields.Date(allow_none=True)
    snooze_reason = fields.String(allow_none=True)
    assigned_to = fields.Nested(PersonOut, allow_none=True)
    escalated_at = fields.DateTime(allow_none=True)
    closed_at = fields.DateTime(allow_none=True)


class AlertArgs(PageArgs):
    """Which alerts."""

    state = fields.String(load_default=None, validate=validate.OneOf(("open", "acknowledged", "closed")))
    client_id = fields.UUID(load_default=None)
    client_ref = PlainText(64, load_default=None)


class SnoozeIn(ApiSchema):
    """Until when an alert sleeps, and why."""

    until = Day(required=True)
    reason = PlainText(400, required=True, blank=False)


class AssignmentIn(ApiSchema):
    """To whom an alert is given; null takes it back."""

    user_id = fields.UUID(required=True, allow_none=True)


def instant(value: Any) -> str | None:
    """RFC 3339 in UTC."""
    return value.isoformat().replace("+00:00", "Z") if value is not None else None


def limit_json(line: Any) -> dict[str, Any]:
    """The wire form of a `LimitLine`."""
    row = line.limit
    return {
        "id": str(row.id),
        "client_id": str(row.client_id),
        "client_ref": line.client_ref,
        "amount": money(row.amount, row.currency),
        "max_days_late": row.max_days_late,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "source": row.source,
        "set_by": line.set_by_name,
        "set_at": instant(row.set_at),
        "replaced_at": instant(row.replaced_at),
    }


def guarantee_json(line: Any) -> dict[str, Any]:
    """The wire form of a `GuaranteeLine`."""
    row = line.guarantee
    return {
        "id": str(row.id),
        "client_id": str(row.client_id),
        "kind": row.kind,
        "giver": row.giver,
        "reference": row.reference,
        "amount": money(row.amount, row.currency),
        "share": row.share,
        "cover": money(row.cover, row.currency),
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "holds": line.holds,
        "recorded_by": line.recorded_by,
        "recorded_at": instant(row.recorded_at),
        "withdrawn_by": line.withdrawn_by,
        "withdrawn_at": instant(row.withdrawn_at),
    }


def alert_json(line: Any) -> dict[str, Any]:
    """The wire form of an `AlertLine`; the same for pages, API and live events."""
    row, client = line.alert, line.client
    return {
        "id": str(row.id),
        "client_id": str(row.client_id),
        "client": {"id": str(client.id), "ref": client.ref, "name": client.name},
        "kind": row.kind,
        "level": row.level,
        "severity": row.severity,
        "state": row.state,
        "utilisation": utilisation(row.exposure, row.limit_amount),
        "exposure": money(row.exposure, row.currency),
        "limit": money(row.limit_amount, row.currency),
        "overdue": money(row.overdue, row.currency),
        "days_late": row.days_late,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "raised_at": instant(row.raised_at),
        "acknowledged_by": _person(row.acknowledged_by, line.acknowledged_by),
        "acknowledged_at": instant(row.acknowledged_at),
        "snoozed_until": row.snoozed_until.isoformat() if row.snoozed_until else None,
        "snooze_reason": row.snooze_reason,
        "assigned_to": _person(row.assigned_to, line.assigned_to),
        "escalated_at": instant(row.escalated_at),
        "closed_at": instant(row.closed_at),
    }


def _person(user_id: Any, name: str | None) -> dict[str, Any] | None:
    return {"id": str(user_id), "name": name or ""} if user_id is not None else None
