"""Notifications and push subscriptions on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, PageArgs


class InboxArgs(PageArgs):
    """Which notifications."""

    unread = fields.Boolean(load_default=False)


class NotificationOut(ApiSchema):
    """A line of one's inbox."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    text = fields.String()
    url = fields.String()
    created_at = fields.DateTime()
    read_at = fields.DateTime(allow_none=True)


class ReadOut(ApiSchema):
    """How many were read."""

    read = fields.Integer()


class PushKeys(ApiSchema):
    """The device's keys, as its browser gives them."""

    p256dh = fields.String(required=True, validate=validate.Length(1, 200))
    auth = fields.String(required=True, validate=validate.Length(1, 100))


class SubscriptionIn(ApiSchema):
    """A subscription as the browser gives it."""

    endpoint = fields.String(required=True, validate=validate.Length(1, 1000))
    keys = fields.Nested(PushKeys, required=True)
    expirationTime = fields.Raw(load_default=None, allow_none=True)  # noqa: N815 (the browser's name)


class SubscriptionOut(ApiSchema):
    """A device that accepts push."""

    id = fields.UUID()
    endpoint = fields.String()
    device = fields.String()
    here = fields.Boolean()
    created_at = fields.DateTime()


class KeyOut(ApiSchema):
    """What browsers subscribe with."""

    key = fields.String()


class TestOut(ApiSchema):
    """A test under way."""

    __test__ = False

    id = fields.UUID()
    devices = fields.Integer()


class TestLineOut(ApiSchema):
    """How the test went on one device: `due`, `sent`, `gone`, `skipped` or `failed`."""

    __test__ = False

    id = fields.UUID()
    device = fields.String()
    state = fields.String()
    error = fields.String(allow_none=True)


def instant(value: Any) -> str | None:
    """RFC 3339 in UTC."""
    return value.isoformat().replace("+00:00", "Z") if value is not None else None


def notification_json(line: Any) -> dict[str, Any]:
    """The wire form of an `InboxLine`."""
    row = line.row
    return {
        "id": str(row.id),
        "kind": row.kind,
        "title": line.title,
        "text": line.text,
        "url": row.url,
        "created_at": instant(row.created_at),
        "read_at": instant(row.read_at),
    }


def device_json(device: Any) -> dict[str, Any]:
    """The wire form of a `Device`."""
    return {
        "id": str(device.id),
        "endpoint": device.row.endpoint,
        "device": device.name,
        "here": device.here,
        "created_at": instant(device.row.created_at),
    }
