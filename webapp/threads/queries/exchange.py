"""What is said with the client, beside a page of what the team says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.threads.models import Message, Thread
from webapp.threads.queries.messages import Page, read_page
from webapp.threads.rules import CLIENT, client_thread_of
from webapp.threads.subjects import about_client

PAGE = 50


def read_exchange(
    subject_id: uuid.UUID, beside: Page, below_seq: int | None = None, before_seq: int | None = None
) -> Page:
    """The last messages with the client that were said while those of the team `beside` were.

    `below_seq`: that page ends before this message. What is older than its first one comes with the page
    above. `before_seq` reads on upwards in the client's thread alone.
    """
    conditions: list[ColumnElement[bool]] = []
    if beside.more and beside.items and before_seq is None:
        conditions.append(Message.created_at >= datetime.fromisoformat(beside.items[0]["created_at"]))
    if below_seq is not None:
        end = aliased(Message)
        found = select(end.created_at).where(end.thread_id == subject_id, end.seq == below_seq)
        conditions.append(Message.created_at < found.scalar_subquery())
    return read_page(client_thread_of(subject_id), None, before_seq, PAGE, conditions)


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
