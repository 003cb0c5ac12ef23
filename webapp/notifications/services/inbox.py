"""Reading one's inbox."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from webapp.core.clock import now
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.notifications.models import Notification
from webapp.notifications.queries import find_line
from webapp.risk.models import Alert
from webapp.users.actor import Actor


def mark_read(actor: Actor, notification_id: uuid.UUID) -> Notification:
    """Note that one's notification was read; twice is once. Raises NotFound."""
    line = find_line(actor, notification_id)
    if line is None:
        raise NotFound(_l("Cette notification n’existe pas."))
    if line.row.read_at is None:
        line.row.read_at = now()
        db.session.flush()
    return line.row


def mark_all_read(actor: Actor) -> int:
    """Read everything that waits in one's inbox; returns how many."""
    done = db.session.execute(
        update(Notification)
        .where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
        .values(read_at=now())
        .returning(Notification.id)
    )
    return len(done.all())


def mark_answered(alert_id: uuid.UUID) -> None:
    """Nobody needs to hear any more of an alert that is acknowledged or over."""
    alert = db.session.get(Alert, alert_id)
    if alert is None or alert.state == "open":
        return
    db.session.execute(
        update(Notification)
        .where(
            Notification.event_key == f"alert:{alert_id}",
            Notification.read_at.is_(None),
        )
        .values(read_at=now())
    )
