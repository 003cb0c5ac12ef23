"""The demo's inboxes: who was told of what, when, and read it; nothing rings anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from webapp.core.models import Job
from webapp.extensions import db
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.notifications.services import tell_of_alerts, tell_of_messages
from webapp.risk.models import Alert
from webapp.threads.models import Message, ThreadMember

CHUNK = 500
FRESH = timedelta(days=4)


def tell(alert_ids: Sequence[uuid.UUID], message_ids: Iterable[uuid.UUID]) -> None:
    """Write the inbox lines of these alerts and mentions, and take back the pushes that go with them."""
    tell_of_alerts(alert_ids)
    keys = [f"alert:{alert_id}" for alert_id in alert_ids]
    for message_id in message_ids:
        message = db.session.get_one(Message, message_id)
        if message.mentions:
            tell_of_messages([message.id], message.thread_id, map(uuid.UUID, message.mentions))
            keys.append(f"message:{message_id}")
    _take_back(keys)


def _take_back(event_keys: Sequence[str]) -> None:
    """In the transaction that wrote them, so that no worker ever sees these deliveries."""
    if db.session.scalar(select(PushSubscription.id).limit(1)) is None:
        return
    for start in range(0, len(event_keys), CHUNK):
        chunk = event_keys[start : start + CHUNK]
        ids = db.session.scalars(
            delete(Delivery).where(Delivery.event_key.in_(chunk)).returning(Delivery.id)
        ).all()
        for first in range(0, len(ids), CHUNK):
            jobs = [f"deliver:{delivery_id}" for delivery_id in ids[first : first + CHUNK]]
            db.session.execute(delete(Job).where(Job.key.in_(jobs)))


def set_back(alert_ids: Sequence[uuid.UUID], hours: Mapping[uuid.UUID, datetime], day: date) -> None:
    """Give inbox lines the hour of what they tell; old ones, answered ones, read threads are read."""
    told = {f"alert:{alert.id}": (alert.raised_at, alert.state == "open") for alert in _alerts(alert_ids)} | {
        f"message:{message_id}": (instant, True) for message_id, instant in hours.items()
    }
    read = _read_marks(hours)
    rows = []
    keys = list(told)
    for start in range(0, len(keys), CHUNK):
        lines = db.session.execute(
            select(Notification.id, Notification.event_key, Notification.user_id).where(
                Notification.event_key.in_(keys[start : start + CHUNK])
            )
        )
        for line_id, key, user_id in lines:
            instant, waits = told[key]
            fresh = instant.date() >= day - FRESH
            unread = fresh and waits and (user_id, key) not in read
            rows.append(
                {
                    "id": line_id,
                    "created_at": instant,
                    "read_at": None if unread else instant + timedelta(minutes=35),
                }
            )
    for start in range(0, len(rows), CHUNK):
        db.session.execute(update(Notification), rows[start : start + CHUNK])


def _alerts(alert_ids: Sequence[uuid.UUID]) -> Iterable[Alert]:
    for start in range(0, len(alert_ids), CHUNK):
        yield from db.session.scalars(select(Alert).where(Alert.id.in_(alert_ids[start : start + CHUNK])))


def _read_marks(hours: Mapping[uuid.UUID, datetime]) -> set[tuple[uuid.UUID, str]]:
    """(person, event key) of messages that the person has read in the thread."""
    ids = list(hours)
    found: set[tuple[uuid.UUID, str]] = set()
    for start in range(0, len(ids), CHUNK):
        rows = db.session.execute(
            select(ThreadMember.user_id, Message.id)
            .join(Message, Message.thread_id == ThreadMember.thread_id)
            .where(Message.id.in_(ids[start : start + CHUNK]), Message.seq <= ThreadMember.last_read_seq)
        )
        found |= {(user_id, f"message:{message_id}") for user_id, message_id in rows.tuples()}
    return found
