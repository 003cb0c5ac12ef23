"""From something that happened to the rows that tell people: inbox lines, pushes, their jobs.

Runs inside the transaction of the act, so that everybody is told or nothing happened. Rights are
asked for each person. Set-based: the number of queries does not grow with events or people.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from sqlalchemy import String, bindparam, insert, select, type_coerce

from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.ids import new_id, parse_id
from webapp.core.jobs import enqueue_fresh
from webapp.extensions import db
from webapp.notifications import rules
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.notifications.rules import Candidate
from webapp.notifications.texts import push_words
from webapp.risk.models import Alert
from webapp.risk.policy import may_answer_alerts, may_hear_of
from webapp.threads.models import Message, ThreadMember
from webapp.threads.policy import may_read as may_read_thread
from webapp.threads.presence import looking
from webapp.threads.subjects import Subject, read_subject
from webapp.users.actor import Actor
from webapp.users.queries import list_actors

CHUNK = 500
_members = ThreadMember.__table__
# Ids as text: most messages ring nobody, and fifty UUID objects cost more than the question.
_FOLLOWERS = select(type_coerce(_members.c.user_id, String(36)), _members.c.level).where(
    _members.c.thread_id == bindparam("thread_id")
)


@dataclass(frozen=True)
class Push:
    """One event for one person, to be pushed to each of their devices."""

    event_key: str
    kind: str
    user_id: uuid.UUID
    locale: str
    url: str
    tag: str


def tell_of_alerts(alert_ids: Sequence[uuid.UUID]) -> None:
    """Inbox lines and pushes about alerts just raised, to everyone entitled."""
    people = list_actors()
    notices: list[dict[str, Any]] = []
    pushes: list[Push] = []
    for start in range(0, len(alert_ids), CHUNK):
        rows = db.session.execute(
            select(Alert.id, Alert.kind, Alert.level, Client.id, Client.branch_id, Client.sales_rep_id)
            .join(Client, Client.id == Alert.client_id)
            .where(Alert.id.in_(alert_ids[start : start + CHUNK]))
        )
        for row in rows:
            _tell_of_alert(row, people, notices, pushes)
    write_notices(notices)
    write_deliveries(pushes)


def _tell_of_alert(
    row: Any, people: Sequence[Actor], notices: list[dict[str, Any]], pushes: list[Push]
) -> None:
    alert_id, kind, level, client_id = row[:4]
    candidates = (
        Candidate(person.user_id, person.role, may_answer_alerts(person) and may_hear_of(person, row))
        for person in people
    )
    heard = rules.alert_recipients(kind, level, candidates)
    key, url = f"alert:{alert_id}", f"/alerts/{alert_id}"
    params = {"alert_id": str(alert_id), "client_id": str(client_id), "level": level}
    for person in people:
        if person.user_id in heard:
            notices.append(notice(person.user_id, key, kind, params, url))
            if heard[person.user_id]:
                pushes.append(Push(key, kind, person.user_id, person.locale, url, f"alert-{alert_id}"))


def tell_of_assignment(alert_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID) -> None:
    """Tell a person that an alert is theirs now, unless they took it themselves."""
    alert = db.session.get(Alert, alert_id)
    person = next(iter(list_actors([user_id])), None)
    if alert is None or person is None or user_id == by_id:
        return
    key, url = f"assigned:{alert_id}:{new_id()}", f"/alerts/{alert_id}"
    params = {"alert_id": str(alert_id), "client_id": str(alert.client_id), "by": str(by_id)}
    write_notices([notice(user_id, key, "alert_assigned", params, url)])
    write_deliveries([Push(key, "alert_assigned", user_id, person.locale, url, f"alert-{alert_id}")])


def tell_of_messages(
    message_ids: Sequence[uuid.UUID], thread_id: uuid.UUID, named_ids: Iterable[uuid.UUID] = ()
) -> None:
    """Ring for new messages of a thread: the people they name (`named_ids`) get an inbox line too, followers
    have their unread mark."""
    known, away = _followers(thread_id), looking(thread_id)
    absent = {key for key, level in known.items() if level == "all"} | {user_id.hex for user_id in named_ids}
    if absent <= {user_id.hex for user_id in away}:
        return
    followers = {uuid.UUID(key): level for key, level in known.items()}
    posted = (Message.id, Message.author_id, Message.mentions)
    query = select(*posted).where(Message.id.in_(message_ids), Message.kind != "system").order_by(Message.seq)
    heard = {}
    for row in db.session.execute(query):
        named = [found for found in map(parse_id, row.mentions) if found]
        hears = rules.message_recipients(
            author_id=row.author_id, mentioned=named, followers=followers, looking=away
        )
        if hears:
            heard[row.id] = (row.author_id, hears)
    subject = read_subject(thread_id) if heard else None
    if subject is None:
        return
    people = list_actors({user_id for _author_id, hears in heard.values() for user_id in hears})
    allowed = {person.user_id: person for person in people if may_read_thread(person, subject)}
    notices, pushes = [], []
    for message_id, (author_id, hears) in heard.items():
        key, params = f"message:{message_id}", _about(subject, author_id)
        for user_id, kind in hears.items():
            person = allowed.get(user_id)
            if person is not None:
                if kind == "mention":
                    notices.append(notice(user_id, key, kind, params, subject.url))
                pushes.append(Push(key, kind, user_id, person.locale, subject.url, f"thread-{thread_id}"))
    write_notices(notices)
    write_deliveries(pushes)


def _followers(thread_id: uuid.UUID) -> dict[str, str]:
    """Levels by person, whose id is 32 hexadecimal digits."""
    rows = db.session.connection().execute(_FOLLOWERS, {"thread_id": thread_id})
    return {str(key).replace("-", ""): level for key, level in rows}


def _about(subject: Subject, author_id: uuid.UUID | None) -> dict[str, str]:
    params = {"client_id": str(subject.client_id), "thread_id": str(subject.thread_id)}
    return params | ({"by": str(author_id)} if author_id is not None else {})


def notice(user_id: uuid.UUID, key: str, kind: str, params: dict[str, Any], url: str) -> dict[str, Any]:
    """A line of somebody's inbox, ready for `write_notices`; `key` names the event, once per person."""
    return {
        "id": new_id(),
        "user_id": user_id,
        "event_key": key,
        "kind": kind,
        "params": params,
        "url": url,
        "created_at": now(),
    }


def write_notices(rows: list[dict[str, Any]]) -> None:
    """Write lines that `notice` made."""
    if rows:
        db.session.execute(insert(Notification), rows)


def write_deliveries(pushes: Sequence[Push]) -> None:
    """Exactly one row and one job per event, person and device."""
    devices: dict[uuid.UUID, list[uuid.UUID]] = {}
    people = {push.user_id for push in pushes}
    if people:
        query = select(PushSubscription.user_id, PushSubscription.id).where(
            PushSubscription.user_id.in_(people)
        )
        for user_id, device_id in db.session.execute(query).tuples():
            devices.setdefault(user_id, []).append(device_id)
    words = _words(pushes)
    rows = [_delivery(push, device, words) for push in pushes for device in devices.get(push.user_id, ())]
    if rows:
        db.session.execute(insert(Delivery), rows)
    _enqueue(rows)


def _enqueue(rows: Iterable[dict[str, Any]]) -> None:
    """One job per delivery, keyed by it."""
    enqueue_fresh(
        "notifications.deliver", {f"deliver:{row['id']}": {"delivery_id": str(row["id"])} for row in rows}
    )


def _words(pushes: Sequence[Push]) -> dict[tuple[str, str], tuple[str, str]]:
    """Title and body by language and kind, each asked of the translations once."""
    words: dict[tuple[str, str], tuple[str, str]] = {}
    for locale in {push.locale for push in pushes}:
        with force_locale(locale):
            for kind in {push.kind for push in pushes}:
                words[locale, kind] = push_words(kind)
    return words


def _delivery(
    push: Push, device_id: uuid.UUID, words: dict[tuple[str, str], tuple[str, str]]
) -> dict[str, Any]:
    title, body = words[push.locale, push.kind]
    return {
        "id": new_id(),
        "event_key": push.event_key,
        "user_id": push.user_id,
        "subscription_id": device_id,
        "kind": push.kind,
        "topic": rules.topic(push.event_key, push.user_id),
        "payload": {"title": title, "body": body, "url": push.url, "tag": push.tag, "kind": push.kind},
        "state": "due",
        "created_at": now(),
    }
