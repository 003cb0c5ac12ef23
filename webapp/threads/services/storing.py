"""Messages into the books of their threads: the next seqs, the rows, who follows, who was named."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.clock import now
from webapp.core.events import record
from webapp.extensions import db
from webapp.files.services import attach_all
from webapp.threads.events import MessagesPosted
from webapp.threads.models import Message, Thread
from webapp.threads.services.following import follow_by_role, name_in, write_in
from webapp.threads.subjects import Subject


@dataclass(frozen=True, slots=True)
class Row:
    """A message that was accepted; without an author it is the product's."""

    id: uuid.UUID
    thread_id: uuid.UUID
    author_id: uuid.UUID | None
    client_id: uuid.UUID
    body: str
    html: str
    reply_to: uuid.UUID | None = None
    mentions: tuple[uuid.UUID, ...] = ()
    kind: str = "text"
    attachments: tuple[uuid.UUID, ...] = ()
    act_kind: str | None = None
    act_id: uuid.UUID | None = None
    grant_id: uuid.UUID | None = None
    guest_name: str | None = None


_threads = Thread.__table__
_TAKE = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread_id"))
    .values(last_seq=_threads.c.last_seq + bindparam("count"), last_message_at=bindparam("instant"))
    .returning(_threads.c.last_seq)
)
_INSERT = insert(Message.__table__)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a message stands in its thread, since when."""

    seq: int
    created_at: datetime


def store(rows: Sequence[Row], subjects: Mapping[uuid.UUID, Subject]) -> dict[uuid.UUID, Stored]:
    """Write accepted messages in their order; where each stands. A seq is taken in the transaction that
    stores its message, so there is no hole. Events: MessagesPosted, once a thread."""
    by_thread: dict[uuid.UUID, list[Row]] = {}
    for row in rows:
        by_thread.setdefault(row.thread_id, []).append(row)
    threads = sorted(by_thread)  # two processes lock them in the same order
    instant = now()
    stored: dict[uuid.UUID, Stored] = {}
    for thread_id in threads:
        first = _take(subjects[thread_id], len(by_thread[thread_id]), instant)
        stored |= {row.id: Stored(first + n, instant) for n, row in enumerate(by_thread[thread_id])}
    db.session.connection().execute(_INSERT, [_values(row, stored[row.id]) for row in rows])
    attach_all("message", {row.id: row.attachments for row in rows if row.attachments})
    write_in((row.thread_id, row.author_id, stored[row.id].seq) for row in rows if row.author_id is not None)
    name_in((row.thread_id, user_id, stored[row.id].seq) for row in rows for user_id in row.mentions)
    for thread_id in threads:
        record(_event(thread_id, by_thread[thread_id]))
    return stored


def _event(thread_id: uuid.UUID, rows: Sequence[Row]) -> MessagesPosted:
    named = {user_id: None for row in rows for user_id in row.mentions}
    return MessagesPosted(thread_id, tuple(row.id for row in rows), tuple(named))


def _values(row: Row, stored: Stored) -> dict[str, Any]:
    return {
        "id": row.id,
        "thread_id": row.thread_id,
        "seq": stored.seq,
        "author_id": row.author_id,
        "grant_id": row.grant_id,
        "guest_name": row.guest_name,
        "client_id": row.client_id,
        "kind": row.kind,
        "body": row.body,
        "html": row.html,
        "reply_to": row.reply_to,
        "file_count": len(row.attachments) or None,
        "act_kind": row.act_kind,
        "act_id": row.act_id,
        "mentions": [str(user_id) for user_id in row.mentions],
        "created_at": stored.created_at,
    }


def _take(subject: Subject, count: int, instant: datetime) -> int:
    """The first of the next `count` seqs. The first message of all makes the thread."""
    taken = {"thread_id": subject.thread_id, "count": count, "instant": instant}
    last = db.session.connection().scalar(_TAKE, taken)
    if last is None:
        _begin(subject)
        last = db.session.connection().scalar(_TAKE, taken)
    return int(last or 0) - count + 1


def _begin(subject: Subject) -> None:
    """Make the row and the first followers of a thread; safe against a rival."""
    flavour: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values = {
        "id": subject.thread_id,
        "subject_type": subject.type,
        "subject_id": subject.id,
        "audience": subject.audience,
        "last_seq": 0,
        "guest_read_seq": 0,
        "created_at": now(),
    }
    db.session.execute(flavour.insert(Thread).values(values).on_conflict_do_nothing())
    follow_by_role(subject)
