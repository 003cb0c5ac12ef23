"""What is said with the client, beside what the team says: two threads of one subject, read together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, true, union_all
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.threads.models import Message, Thread
from webapp.threads.queries.messages import Page, cut_rows, page_rows, present_rows
from webapp.threads.queries.people import Standing, standing_in, standing_rows
from webapp.threads.rules import CLIENT, client_thread_of
from webapp.threads.subjects import about_client
from webapp.users.actor import Actor


@dataclass(frozen=True)
class Talk:
    """Both threads of a subject: what is shown of each, and where the reader stands in it."""

    team: Page
    client: Page
    standing: Standing
    client_standing: Standing


def read_both(
    actor: Actor,
    subject_id: uuid.UUID,
    after_seq: int | None = None,
    before_seq: int | None = None,
    client_before: int | None = None,
    limit: int = 50,
) -> Talk:
    """The team's messages after `after_seq`, or the last ones before `before_seq` (of all by default), and
    what was said with the client meanwhile; the rest of it comes with the pages above and below.
    `client_before` reads on upwards in the client's thread alone. In one query, for who has been let in.
    """
    exchange_id, forward = client_thread_of(subject_id), after_seq is not None
    theirs = page_rows(exchange_id, limit, 0 if forward else None, client_before)
    if after_seq:
        theirs = theirs.where(Message.created_at > _said_at(subject_id, after_seq))
    if before_seq is not None:
        theirs = theirs.where(Message.created_at < _said_at(subject_id, before_seq))
    parts = {subject_id: page_rows(subject_id, limit, after_seq, before_seq), exchange_id: theirs}
    found = db.session.execute(union_all(*(_beside(actor, key, part) for key, part in parts.items()))).all()
    here, there = ([row for row in found if row.of == key] for key in parts)
    (ours, more), (said, more_said) = cut_rows(here, limit, forward), cut_rows(there, limit, forward)
    if more and client_before is None:
        said = [row for row in said if _meanwhile(row, ours, forward)]
    return Talk(
        Page(present_rows(ours), here[0].last_seq if here else 0, more),
        Page(present_rows(said), said[-1].seq if said else 0, more_said and not forward),
        standing_in(here[0] if here else None),
        standing_in(there[0] if there else None),
    )


def _beside(actor: Actor, thread_id: uuid.UUID, messages: Select[Any]) -> Select[Any]:
    """These messages of a thread, each beside where the actor stands in it; a row without one if none."""
    part = messages.subquery()
    return standing_rows(thread_id, actor.user_id).add_columns(*part.c).outerjoin(part, true())


def _said_at(thread_id: uuid.UUID, seq: int) -> Any:
    end = aliased(Message)
    return select(end.created_at).where(end.thread_id == thread_id, end.seq == seq).scalar_subquery()


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
