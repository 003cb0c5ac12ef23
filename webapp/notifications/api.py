"""JSON of the inbox and of devices that accept push."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, request

from webapp.core.api import answer, blueprint, command, cut_page, page_of
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import NotFound
from webapp.notifications import queries, services, vapid
from webapp.notifications.schemas import (
    InboxArgs,
    KeyOut,
    NotificationOut,
    ReadOut,
    SubscriptionIn,
    SubscriptionOut,
    TestLineOut,
    TestOut,
    device_json,
    notification_json,
)
from webapp.users.current import current_actor

blp = blueprint("notifications", __name__, "What one was told, and the devices that ring.")


@blp.route("/notifications", methods=["GET"])
@blp.arguments(InboxArgs, location="query")
@blp.response(200, page_of(NotificationOut, "NotificationPage"))
def list_notifications(args: dict[str, Any]) -> Response:
    """One's own inbox, newest first."""
    after: Any = read_cursor(args["cursor"], (as_instant, as_id))
    lines = queries.list_inbox(current_actor(), limit=args["limit"], after=after, unread=args["unread"])
    page = cut_page(lines, args["limit"], lambda line: line.position)
    return answer({**page, "items": [notification_json(line) for line in page["items"]]})


@blp.route("/notifications/<uuid:notification_id>/read", methods=["POST"])
@blp.response(200, NotificationOut)
@command("notification.read")
def mark_read(notification_id: uuid.UUID) -> tuple[Any, int]:
    """Note that it was read."""
    services.mark_read(current_actor(), notification_id)
    return notification_json(queries.find_line(current_actor(), notification_id)), 200


@blp.route("/notifications/read", methods=["POST"])
@blp.response(200, ReadOut)
@command("notification.read_all")
def mark_all_read() -> tuple[Any, int]:
    """Note that everything was read."""
    return {"read": services.mark_all_read(current_actor())}, 200


@blp.route("/push-subscriptions", methods=["GET"])
@blp.response(200, page_of(SubscriptionOut, "SubscriptionPage"))
def list_subscriptions() -> Response:
    """One's own devices."""
    devices = [device_json(device) for device in queries.list_devices(current_actor())]
    return answer({"items": devices, "next_cursor": None})


@blp.route("/push-subscriptions", methods=["POST"])
@blp.arguments(SubscriptionIn)
@blp.response(201, SubscriptionOut)
@command("push.subscribe")
def subscribe(values: dict[str, Any]) -> tuple[Any, int]:
    """Let this device ring for me; the same endpoint again moves it to me and this session."""
    row = services.subscribe(
        current_actor(),
        current_app.config["SETTINGS"],
        endpoint=values["endpoint"],
        user_agent=request.headers.get("User-Agent"),
        **values["keys"],
    )
    devices = queries.list_devices(current_actor())
    return device_json(next(device for device in devices if device.id == row.id)), 201


@blp.route("/push-subscriptions/<uuid:device_id>", methods=["DELETE"])
@blp.response(204)
def unsubscribe(device_id: uuid.UUID) -> Response:
    """Silence one of my devices."""
    with unit_of_work():
        services.unsubscribe(current_actor(), device_id)
    return answer(None, 204)


@blp.route("/push-subscriptions/key", methods=["GET"])
@blp.response(200, KeyOut)
def key() -> Response:
    """The public key to subscribe with (applicationServerKey)."""
    return answer({"key": vapid.public_key(current_app.config["SETTINGS"].instance_path)})


@blp.route("/push-subscriptions/test", methods=["POST"])
@blp.response(202, TestOut)
@command("push.test")
def test() -> tuple[Any, int]:
    """Send a real push to each of my devices, the way alerts go."""
    test_id = services.test_devices(current_actor())
    return {"id": str(test_id), "devices": len(queries.list_test(current_actor(), test_id))}, 202


@blp.route("/push-subscriptions/test/<uuid:test_id>", methods=["GET"])
@blp.response(200, page_of(TestLineOut, "TestPage"))
def test_result(test_id: uuid.UUID) -> Response:
    """What became of it, device by device."""
    lines = queries.list_test(current_actor(), test_id)
    if not lines:
        raise NotFound()
    items = [
        {"id": str(line.id), "device": line.device, "state": line.state, "error": line.error}
        for line in lines
    ]
    return answer({"items": items, "next_cursor": None})
