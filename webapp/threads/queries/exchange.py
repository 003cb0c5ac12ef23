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
    before_seq: int | None = None,
    client_before: int | None = None,
    limit: int = 50,
) -> tuple[Page, Page]:
    """The team's last messages before `before_seq` (of all by default), and what was said with the client
    meanwhile; its older messages come with the page above. `client_before` reads on upwards in the
    client's thread alone. In the queries of one page.
    """
    exchange_id = client_thread_of(subject_id)
    theirs = _last(exchange_id, client_before, limit)
    if before_seq is not None:
        end = aliased(Message)
        until = select(end.created_at).where(end.thread_id == subject_id, end.seq == before_seq)
        theirs = theirs.where(Message.created_at < until.scalar_subquery())
    parts = (_last(subject_id, before_seq, limit).subquery(), theirs.subquery())
    rows = db.session.execute(union_all(*(select(part) for part in parts))).all()
    ours = sorted((row for row in rows if row.thread_id == subject_id), key=lambda row: row.seq)
    said = sorted((row for row in rows if row.thread_id == exchange_id), key=lambda row: row.seq)
    more, more_said = len(ours) > limit, len(said) > limit
    ours, said = ours[-limit:], said[-limit:]
    if more and client_before is None:
        said = [row for row in said if row.created_at >= ours[0].created_at]
    shown = present_rows([*ours, *said])
    items, exchanged = shown[: len(ours)], shown[len(ours) :]
    last_seq = find_last_seq(subject_id) if before_seq is not None else (ours[-1].seq if ours else 0)
    return Page(items, last_seq, more), Page(exchanged, said[-1].seq if said else 0, more_said)


def _last(thread_id: uuid.UUID, before_seq: int | None, limit: int) -> Select[Any]:
    query: Select[Any] = message_rows().where(Message.thread_id == thread_id)
    if before_seq is not None:
        query = query.where(Message.seq < before_seq)
    return query.order_by(Message.seq.desc()).limit(limit + 1)


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
