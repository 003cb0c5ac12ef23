"""A person's conversations and what they have not read."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, or_, select, true, tuple_

from webapp.core.api import cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.extensions import db
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.threads.queries.messages import author_of, instant
from webapp.threads.rules import summary, unread
from webapp.threads.subjects import named_threads, readable_threads, subject_from, subjects_of
from webapp.threads.waiting import waits_for
from webapp.users.actor import Actor
from webapp.users.models import Membership, User


def _waiting() -> ColumnElement[bool]:
    """`rules.unread` > 0, in SQL."""
    member = ThreadMember
    return and_(
        Thread.last_seq > member.last_read_seq,
        or_(
            member.level == "all",
            and_(member.level == "mentions", member.mentioned_seq > member.last_read_seq),
        ),
    )


def unread_figure(actor: Actor) -> Select[int]:
    """The statement of how many followed threads hold something new for the actor."""
    return (
        select(func.count())
        .select_from(ThreadMember)
        .join(Thread, Thread.id == ThreadMember.thread_id)
        .where(ThreadMember.user_id == actor.user_id, _waiting(), readable_threads(actor))
    )


def unread_count(actor: Actor) -> int:
    """How many followed threads hold something new for the actor, in one query."""
    return db.session.scalar(unread_figure(actor)) or 0


def count_unread(thread_id: uuid.UUID, user_ids: set[uuid.UUID]) -> list[dict[str, Any]]:
    """For a broadcast: what waits for each of these followers in one thread, in one query."""
    member = ThreadMember
    rows = db.session.execute(
        select(member.user_id, member.last_read_seq, member.mentioned_seq, member.level, Thread.last_seq)
        .join(Thread, Thread.id == member.thread_id)
        .where(member.thread_id == thread_id, member.user_id.in_(user_ids), _waiting())
    )
    return [
        {
            "user_id": row.user_id,
            "seq": row.last_seq,
            "unread": unread(row.last_seq, row.last_read_seq, row.mentioned_seq, row.level),
            "mentioned": row.mentioned_seq > row.last_read_seq,
        }
        for row in rows
    ]


def count_waiting(actor: Actor) -> int:
    """In how many threads something waits for the actor, in one query."""
    query = select(func.count()).select_from(Thread).where(waits_for(actor), readable_threads(actor))
    return db.session.scalar(query) or 0


FILTERS = ("unread", "mentions", "waiting")


def _kept(actor: Actor, only: str | None) -> ColumnElement[bool]:
    """Which threads a filter keeps: followed ones, but for what waits, wherever it is."""
    if only == "waiting":
        return waits_for(actor)
    followed = ThreadMember.level.in_(("all", "mentions"))
    if only == "unread":
        return followed & _waiting()
    return followed & (ThreadMember.mentioned_seq > 0) if only == "mentions" else followed


def list_conversations(
    actor: Actor,
    limit: int = 50,
    cursor: str | None = None,
    *,
    only: str | None = None,
    named: str = "",
) -> dict[str, Any]:
    """The threads the actor follows, the latest first, with what is new and how they end.

    `only` is one of FILTERS; `named` keeps those whose subject or client is called like that.
    A page `{items, next_cursor}` made in one query: the threads first, then what is shown of those alone.
    """
    before = read_cursor(cursor, (as_instant, as_id))
    member = ThreadMember
    query = (
        select(Thread.id, Thread.subject_type, Thread.subject_id)
        .outerjoin(member, (member.thread_id == Thread.id) & (member.user_id == actor.user_id))
        .where(
            _kept(actor, only),
            Thread.last_seq > 0,
            readable_threads(actor),
            named_threads(named) if named else true(),
        )
        .order_by(*_LATEST)
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(tuple_(Thread.last_message_at, Thread.id) < tuple_(*before))
    rows = db.session.execute(_shown(actor, query.cte("chosen"))).all()
    page = cut_page(rows, limit, lambda row: (row[0].last_message_at.isoformat(), str(row[0].id)))
    items = [_conversation(row) for row in page["items"] if row.type is not None]
    return {"items": items, "next_cursor": page["next_cursor"]}


_LATEST = (Thread.last_message_at.desc(), Thread.id.desc())


def _shown(actor: Actor, chosen: CTE) -> Select[Any]:
    """What a list shows of these threads: my marks, how they end, what they are about."""
    member, last, subjects = ThreadMember, Message, subjects_of(chosen)
    return (
        select(Thread, member, last, User.name, User.handle, Membership.role, subjects)
        .select_from(chosen)
        .join(Thread, Thread.id == chosen.c.id)
        .outerjoin(member, (member.thread_id == Thread.id) & (member.user_id == actor.user_id))
        .outerjoin(last, and_(last.thread_id == Thread.id, last.seq == Thread.last_seq))
        .outerjoin(User, User.id == last.author_id)
        .outerjoin(Membership, (Membership.user_id == User.id) & Membership.ends_on.is_(None))
        .outerjoin(
            subjects,
            (subjects.c.id == chosen.c.subject_id) & (subjects.c.type == chosen.c.subject_type),
        )
        .order_by(*_LATEST)
    )


def _unread_by(member: ThreadMember | None, last_seq: int) -> int:
    if member is None:
        return 0
    return unread(last_seq, member.last_read_seq, member.mentioned_seq, member.level)


def _conversation(row: Any) -> dict[str, Any]:
    thread, member, last = row[0], row[1], row[2]
    subject = subject_from(row, thread.audience)
    return {
        "thread_id": str(thread.id),
        "subject_type": thread.subject_type,
        "subject_id": str(thread.subject_id),
        "audience": thread.audience,
        "client_id": str(subject.client_id),
        "title": subject.title,
        "client_name": subject.client_name,
        "label": subject.label,
        "url": subject.url,
        "last_seq": thread.last_seq,
        "last_message_at": instant(thread.last_message_at),
        "last_at": thread.last_message_at,
        "unread": _unread_by(member, thread.last_seq),
        "mentioned": member is not None and member.mentioned_seq > member.last_read_seq,
        "preview": None if last is None or last.deleted_at else summary(last.body, last.file_count),
        "preview_author": author_of(last, row.name, row.handle, row.role) if last else None,
    }
