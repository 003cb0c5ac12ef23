"""Delivering one push: ask again whether it is still wanted, send it, note what came of it.

No transaction is open while the network is waited for. A crash between the POST and the note
makes another attempt send it again, with the same topic and tag, so a device shows it once.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select, update

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.config import Settings
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import parse_id
from webapp.core.jobs import Retry
from webapp.core.pages import Counts
from webapp.extensions import db
from webapp.notifications import rules, webpush
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.risk.queries import find_alert
from webapp.threads.models import Message, ThreadMember
from webapp.threads.queries import readers_among
from webapp.users.actor import Actor
from webapp.users.queries import find_user_actor


def deliver(settings: Settings, delivery_id: uuid.UUID) -> None:
    """Send a delivery that is due. Raises Retry when the push service asks for patience."""
    row = db.session.get(Delivery, delivery_id)
    if row is None or row.state != "due":
        return
    device = db.session.get(PushSubscription, row.subscription_id)
    person = find_user_actor(row.user_id)
    if device is None or person is None or device.user_id != row.user_id:
        _note(delivery_id, webpush.Outcome("gone" if device is None else "skipped"))
        return
    if not is_wanted(person, row.event_key):
        _note(delivery_id, webpush.Outcome("skipped"))
        return
    counts = Counts(person)
    payload = {**row.payload, "badge": counts.open_alerts + counts.unread_threads}
    parcel = webpush.Parcel(device.endpoint, device.p256dh, device.auth, payload, row.kind, row.topic)
    age = (now() - row.created_at).total_seconds()
    db.session.rollback()
    outcome = webpush.send(settings, parcel)
    wait = rules.wait_before_retry(age, outcome.retry_after) if outcome.state == "retry" else None
    if outcome.state == "retry" and wait is None:
        outcome = webpush.Outcome("failed", outcome.error)
    _note(delivery_id, outcome)
    if wait is not None:
        raise Retry(wait)


def is_wanted(person: Actor, event_key: str) -> bool:
    """Does this person still need to hear of it, and may they? Asked just before sending."""
    kind, _, rest = event_key.partition(":")
    if kind == "test":
        return True
    if _was_read(person, event_key):
        return False
    subject_id = parse_id(rest.split(":")[0])
    if kind in ("alert", "assigned"):
        line = find_alert(person, subject_id) if subject_id else None
        return line is not None and line.alert.state == "open"
    if kind == "message":
        return subject_id is not None and _is_unread(person, subject_id)
    return _is_noticed(person, event_key)


def _was_read(person: Actor, event_key: str) -> bool:
    query = select(Notification.read_at).where(
        Notification.user_id == person.user_id, Notification.event_key == event_key
    )
    return db.session.scalar(query) is not None


def _is_noticed(person: Actor, event_key: str) -> bool:
    """Does it stand in their inbox (a task, a dispute, a promise …), about a client they see today?"""
    params = db.session.scalar(
        select(Notification.params).where(
            Notification.user_id == person.user_id, Notification.event_key == event_key
        )
    )
    client_id = parse_id(params.get("client_id")) if params else None
    query = select(Client.id).where(Client.id == client_id, in_scope(person))
    return client_id is not None and db.session.scalar(query) is not None


def _is_unread(person: Actor, message_id: uuid.UUID) -> bool:
    message = db.session.get(Message, message_id)
    if message is None or message.deleted_at is not None:
        return False
    mark = db.session.get(ThreadMember, (message.thread_id, person.user_id))
    if mark is not None and mark.last_read_seq >= message.seq:
        return False
    return bool(readers_among(message.thread_id, [person]))


def _note(delivery_id: uuid.UUID, outcome: webpush.Outcome) -> None:
    """Write down what came of it; a device that is gone is forgotten."""
    state = "due" if outcome.state == "retry" else outcome.state
    with unit_of_work() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == "due")
            .values(state=state, last_error=outcome.error, sent_at=now() if state == "sent" else None)
        )
        row = session.get(Delivery, delivery_id) if state == "gone" else None
        device = session.get(PushSubscription, row.subscription_id) if row else None
        if device is not None:
            session.delete(device)
