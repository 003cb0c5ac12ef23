"""Reads of one's own inbox and devices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import now
from webapp.core.ids import earliest_id, parse_id
from webapp.extensions import db
from webapp.notifications import rules
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.notifications.texts import inbox_words
from webapp.users.actor import Actor
from webapp.users.models import User


@dataclass(frozen=True)
class InboxLine:
    """A notification with its words; the client is named only if the reader may see it now."""

    row: Notification
    title: str
    text: str

    @property
    def id(self) -> uuid.UUID:
        return self.row.id

    @property
    def position(self) -> tuple[str, str]:
        """Where the next page starts, as a cursor holds it."""
        return self.row.created_at.isoformat(), str(self.row.id)


def list_inbox(
    actor: Actor,
    *,
    limit: int = 50,
    after: tuple[datetime, uuid.UUID] | None = None,
    unread: bool = False,
) -> list[InboxLine]:
    """One's notifications, newest first; at most `limit + 1` so that one knows if more follow."""
    query = select(Notification).where(Notification.user_id == actor.user_id)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    if after is not None:
        query = query.where(tuple_(Notification.created_at, Notification.id) < after)
    rows = db.session.scalars(
        query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit + 1)
    ).all()
    return _lines(actor, rows)


def find_line(actor: Actor, notification_id: uuid.UUID) -> InboxLine | None:
    """One of one's own notifications; somebody else's looks like none."""
    row = db.session.get(Notification, notification_id)
    if row is None or row.user_id != actor.user_id:
        return None
    return _lines(actor, [row])[0]


def count_unread(actor: Actor) -> int:
    """How many notifications wait to be read."""
    query = select(func.count()).select_from(Notification)
    return (
        db.session.scalar(query.where(Notification.user_id == actor.user_id, Notification.read_at.is_(None)))
        or 0
    )


def _lines(actor: Actor, rows: Sequence[Notification]) -> list[InboxLine]:
    clients = {parse_id(row.params.get("client_id")) for row in rows} - {None}
    people = {parse_id(row.params.get("by")) for row in rows} - {None}
    names: dict[str, str] = {}
    if clients:
        found = db.session.scalars(select(Client).where(Client.id.in_(clients), in_scope(actor)))
        names |= {str(client.id): client.name for client in found}
    if people:
        query = select(User.id, User.name).where(User.id.in_(people))
        names |= {str(row.id): row.name for row in db.session.execute(query)}
    lines = []
    for row in rows:
        title, text = inbox_words(
            row.kind, names.get(row.params.get("client_id", "")), names.get(row.params.get("by", ""))
        )
        lines.append(InboxLine(row, title, text))
    return lines


@dataclass(frozen=True)
class Device:
    """A device that accepts push, as its owner recognises it."""

    row: PushSubscription
    name: str
    here: bool

    @property
    def id(self) -> uuid.UUID:
        return self.row.id


def list_devices(actor: Actor) -> list[Device]:
    """One's devices, newest first; `here` marks those of this sign-in session."""
    rows = db.session.scalars(
        select(PushSubscription)
        .where(PushSubscription.user_id == actor.user_id)
        .order_by(PushSubscription.id.desc())
    )
    return [
        Device(
            row,
            rules.device_name(row.user_agent),
            actor.session_id is not None and row.session_id == actor.session_id,
        )
        for row in rows
    ]


def find_device(actor: Actor, device_id: uuid.UUID) -> PushSubscription | None:
    """One of one's own devices."""
    row = db.session.get(PushSubscription, device_id)
    return row if row is not None and row.user_id == actor.user_id else None


@dataclass(frozen=True)
class TestLine:
    """How a test push to one device went."""

    __test__ = False  # not one of pytest's

    id: uuid.UUID
    device: str
    state: str
    error: str | None


def list_test(actor: Actor, test_id: uuid.UUID) -> list[TestLine]:
    """What became of a test one asked for, device by device."""
    rows = db.session.execute(
        select(Delivery, PushSubscription.user_agent)
        .outerjoin(PushSubscription, PushSubscription.id == Delivery.subscription_id)
        .where(Delivery.event_key == f"test:{test_id}", Delivery.user_id == actor.user_id)
        .order_by(Delivery.id)
    )
    return [TestLine(row.id, rules.device_name(agent), row.state, row.last_error) for row, agent in rows]


def count_deliveries() -> dict[str, float]:
    """Pushes of the last 24 hours, by state."""
    recent = Delivery.id >= earliest_id(now() - timedelta(hours=24))
    rows = db.session.execute(select(Delivery.state, func.count()).where(recent).group_by(Delivery.state))
    return {"due": 0.0, "sent": 0.0, "failed": 0.0, **{row.state: float(row[1]) for row in rows}}
