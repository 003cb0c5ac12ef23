"""What is said with the client, beside what the team says: two threads of one subject, read together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.threads.models import Message, Thread
from webapp.threads.queries.messages import Page, find_last_seq, message_rows, present_rows
from webapp.threads.rules import CLIENT, client_thread_of
from webapp.threads.subjects import about_client


def read_both(
    subject_id: uuid.UUID,
    after_seq: int | None = None,
    before_seq: int | None = None,
    client_before: int | None = None,
    limit: int = 50,
) -> tuple[Page, Page]:
    """The team's messages after `after_seq`, or the last ones before `before_seq` (of all by default), and
    what was said with the client meanwhile; the rest of it comes with the pages above and below.
    `client_before` reads on upwards in the client's thread alone. In the queries of one page.
    """
    exchange_id, forward = client_thread_of(subject_id), after_seq is not None
    theirs = _part(exchange_id, limit, None, client_before, forward)
    if after_seq:
        theirs = theirs.where(Message.created_at > _said_at(subject_id, after_seq))
    if before_seq is not None:
        theirs = theirs.where(Message.created_at < _said_at(subject_id, before_seq))
    parts = (_part(subject_id, limit, after_seq, before_seq, forward).subquery(), theirs.subquery())
    rows = db.session.execute(union_all(*(select(part) for part in parts))).all()
    ours, more = _cut([row for row in rows if row.thread_id == subject_id], limit, forward)
    said, more_said = _cut([row for row in rows if row.thread_id == exchange_id], limit, forward)
    if more and client_before is None:
        said = [row for row in said if _meanwhile(row, ours, forward)]
    shown = present_rows([*ours, *said])
    items, exchanged = shown[: len(ours)], shown[len(ours) :]
    at_the_end = before_seq is None and bool(ours) and not (forward and more)
    last_seq = ours[-1].seq if at_the_end else find_last_seq(subject_id)
    more_said = more_said and not forward
    return Page(items, last_seq, more), Page(exchanged, said[-1].seq if said else 0, more_said)


def _said_at(thread_id: uuid.UUID, seq: int) -> Any:
    end = aliased(Message)
    return select(end.created_at).where(end.thread_id == thread_id, end.seq == seq).scalar_subquery()


def _part(
    thread_id: uuid.UUID, limit: int, after_seq: int | None, before_seq: int | None, forward: bool
) -> Select[Any]:
    query: Select[Any] = message_rows().where(Message.thread_id == thread_id)
    if after_seq is not None:
        query = query.where(Message.seq > after_seq)
    if before_seq is not None:
        query = query.where(Message.seq < before_seq)
    return query.order_by(Message.seq if forward else Message.seq.desc()).limit(limit + 1)


def _cut(rows: list[Any], limit: int, forward: bool) -> tuple[list[Any], bool]:
    """At most `limit` of them in order of seq, from the end that was asked for; whether there are more."""
    ordered = sorted(rows, key=lambda row: row.seq)
    return (ordered[:limit] if forward else ordered[-limit:]), len(ordered) > limit


def _meanwhile(row: Any, ours: Sequence[Any], forward: bool) -> bool:
    instant: datetime = row.created_at
    return instant <= ours[-1].created_at if forward else instant >= ours[0].created_at


def interleave(team: Sequence[dict[str, Any]], client: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Both threads by time; each keeps its own order."""
    merged: list[dict[str, Any]] = []
    rest = list(client)
    for message in team:
        while rest and rest[0]["created_at"] < message["created_at"]:
            merged.append(rest.pop(0))
        merged.append(message)
    return merged + rest


def client_threads_of(client_id: uuid.UUID) -> list[tuple[uuid.UUID, int, datetime | None]]:
    """The threads somebody of this client may read and that hold something: id, last seq, since when."""
    query = (
        select(Thread.id, Thread.last_seq, Thread.last_message_at)
        .where(Thread.audience == CLIENT, Thread.last_seq > 0, about_client(client_id))
        .order_by(Thread.last_message_at.desc(), Thread.id)
    )
    return [(row.id, row.last_seq, row.last_message_at) for row in db.session.execute(query)]
