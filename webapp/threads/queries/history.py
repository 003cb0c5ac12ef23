"""What a message said before, and who has read up to it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.threads.models import Message, MessageVersion, ThreadMember
from webapp.threads.policy import may_read
from webapp.threads.queries.messages import get_visible_message, instant
from webapp.threads.subjects import MISSING, get_subject
from webapp.users.actor import Actor
from webapp.users.queries import list_actors


def list_versions(actor: Actor, message_id: uuid.UUID) -> list[dict[str, Any]]:
    """What a message said, the first wording first: `{body, at}`, at: since when.

    Raises NotFound when it is out of scope, or deleted: what was taken back is read by nobody.
    """
    message = get_visible_message(actor, message_id)
    if message.deleted_at is not None:
        raise NotFound(MISSING)
    rows = db.session.scalars(
        select(MessageVersion)
        .where(MessageVersion.message_id == message_id)
        .order_by(MessageVersion.replaced_at, MessageVersion.id)
    ).all()
    since = [message.created_at, *(row.replaced_at for row in rows)]
    bodies = [*(row.body for row in rows), message.body]
    return [{"body": body, "at": instant(at)} for body, at in zip(bodies, since, strict=True)]


def list_readers(actor: Actor, message_id: uuid.UUID) -> list[dict[str, Any]]:
    """Who opened the thread and may still read it, its author aside: how far each has read.

    `{user_id, name, initials, seq, read}`, those who have read the message first. Raises NotFound.
    """
    message = get_visible_message(actor, message_id)
    subject = get_subject(actor, message.thread_id)
    marks = dict(
        db.session.execute(
            select(ThreadMember.user_id, ThreadMember.last_read_seq).where(
                ThreadMember.thread_id == message.thread_id
            )
        )
        .tuples()
        .all()
    )
    marks.pop(message.author_id or uuid.UUID(int=0), None)
    people = [other for other in list_actors(marks) if may_read(other, subject)] if marks else []
    people.sort(key=lambda other: (-marks[other.user_id], other.name))
    return [_reader(other, marks[other.user_id], message) for other in people]


def _reader(other: Actor, seq: int, message: Message) -> dict[str, Any]:
    return {
        "user_id": str(other.user_id),
        "name": other.name,
        "initials": other.initials,
        "seq": seq,
        "read": seq >= message.seq,
    }
