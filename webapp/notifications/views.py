"""The inbox page, and one's devices on the settings page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.api import encode_cursor
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.db import unit_of_work
from webapp.notifications import queries, services
from webapp.users.current import current_actor

blueprint = Blueprint("notifications", __name__)
PAGE = 50


@blueprint.get("/notifications")
def inbox() -> str:
    """What one was told, newest first."""
    actor = current_actor()
    after: Any = read_cursor(request.args.get("after"), (as_instant, as_id))
    lines = queries.list_inbox(actor, limit=PAGE, after=after)
    return render_template(
        "notifications/index.html",
        lines=lines[:PAGE],
        more=encode_cursor(*lines[PAGE - 1].position) if len(lines) > PAGE else None,
        unread=queries.count_unread(actor),
    )


@blueprint.post("/notifications/<uuid:notification_id>/open")
def open_notification(notification_id: UUID) -> Response:
    """Note that it was read, and go where it leads."""
    with unit_of_work():
        url = services.mark_read(current_actor(), notification_id).url
    return redirect(url, 303)


@blueprint.post("/notifications/read")
def read_all() -> Response:
    """Everything was read."""
    with unit_of_work():
        services.mark_all_read(current_actor())
    return redirect(url_for("notifications.inbox"), 303)


@blueprint.post("/notifications/devices/<uuid:device_id>/remove")
def remove_device(device_id: UUID) -> Response:
    """Silence one of one's devices."""
    with unit_of_work():
        services.unsubscribe(current_actor(), device_id)
    flash(_("Cet appareil ne sonnera plus."))
    return redirect(url_for("users.notifications"), 303)


def install(app: Flask) -> None:
    """Settings show one's devices without `users` having to know of them."""
    app.jinja_env.globals["my_devices"] = lambda: queries.list_devices(current_actor())
