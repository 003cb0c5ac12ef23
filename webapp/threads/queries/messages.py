"""Messages as everyone sees them, by seq, in a constant number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, bindparam, case, func, select, true
from sqlalchemy.orm import aliased

from webapp.core.errors import NotFound
from webapp.core.nested import RowsOf
from webapp.extensions import db
from webapp.threads.models import Message, Reaction, Thread
from webapp.threads.queries.attachments import FILES, attachments_in
from webapp.threads.rules import CLIENT, summary
from webapp.threads.subjects import MISSING, find_subject, get_subject
from webapp.users.actor import Actor
from webapp.users.models import Membership, User

PAGE = 200


@dataclass(frozen=True)
class Page:
    """Messages in order of `seq`; `more` says that the direction asked for goes on."""

    items: list[dict[str, Any]]
    last_seq: int
    more: bool


def find_last_seq(thread_id: uuid.UUID) -> int:
    """The seq of the newest message; 0 before the first."""
    return db.session.scalar(select(Thread.last_seq).where(Thread.id == thread_id)) or 0


def find_message(message_id: uuid.UUID) -> Message | None:
    return db.session.get(Message, message_id)


def get_visible_message(actor: Actor, message_id: uuid.UUID) -> Message:
    """A message of a thread the actor may read, or NotFound."""
    message = find_message(message_id)
    if message is None or find_subject(actor, message.thread_id) is None:
        raise NotFound(MISSING)
    return message


def get_act(thread_id: uuid.UUID, kind: str, act_id: uuid.UUID) -> None:
    """Raises NotFound when this thread shows no such act."""
    shown = select(Message.id).where(
        Message.act_id == act_id, Message.act_kind == kind, Message.thread_id == thread_id
    )
    if db.session.scalar(shown.limit(1)) is None:
        raise NotFound(MISSING)


def get_page(
    actor: Actor,
    thread_id: uuid.UUID,
    after_seq: int | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> Page:
    """Messages after `after_seq`, or the last ones before `before_seq` (of all by default).

    Raises NotFound when the thread's subject is out of scope.
    """
    get_subject(actor, thread_id)
    return read_page(thread_id, after_seq, before_seq, limit)


def read_page(
    thread_id: uuid.UUID,
    after_seq: int | None = None,
    before_seq: int | None = None,
    limit: int = 50,
    conditions: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """The same for who has already been let in; `conditions` on messages narrow it. One query."""
    forward = after_seq is not None
    asked = {"thread_id": thread_id, "limit": limit, "after_seq": after_seq, "before_seq": before_seq}
    back = before_seq is not None
    query = _page(forward, back, *conditions) if conditions else _statement(forward, back)
    found = db.session.execute(query, asked).all()
    rows, more = cut_rows(found, limit, forward)
    return Page(present_rows(rows), found[0].last_seq if found else 0, more)


@cache
def _statement(forward: bool, back: bool) -> Any:
    """Put together once: each phone that comes back to a thread asks this."""
    return _page(forward, back)


def _page(forward: bool, back: bool, *conditions: ColumnElement[bool]) -> Any:
    thread_id, limit = bindparam("thread_id", type_=Thread.id.type), bindparam("limit", type_=Integer)
    after_seq = bindparam("after_seq", type_=Integer) if forward else None
    before_seq = bindparam("before_seq", type_=Integer) if back else None
    part = page_rows(thread_id, limit, after_seq, before_seq, *conditions).subquery()
    query = select(Thread.last_seq, *part.c).select_from(Thread).outerjoin(part, true())
    return query.where(Thread.id == thread_id)


def page_rows(
    thread_id: Any, limit: Any, after_seq: Any, before_seq: Any, *conditions: ColumnElement[bool]
) -> Any:
    """The statement of a page and of one message more, for `cut_rows`: after a seq, or before one."""
    query = message_rows().where(Message.thread_id == thread_id, *conditions)
    if before_seq is not None:
        query = query.where(Message.seq < before_seq)
    if after_seq is not None:
        query = query.where(Message.seq > after_seq)
    return query.order_by(Message.seq.desc() if after_seq is None else Message.seq).limit(limit + 1)


def cut_rows(found: Iterable[Row[Any]], limit: int, forward: bool) -> tuple[list[Row[Any]], bool]:
    """At most `limit` messages in order of seq, from the end that was asked for; whether there are more.

    A thread read without messages is a row whose `id` is None.
    """
    rows = sorted((row for row in found if row.id is not None), key=lambda row: row.seq)
    return (rows[:limit] if forward else rows[-limit:]), len(rows) > limit


def present(message_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """The wire form of these messages, in order of seq. Unscoped: the caller has asked the policy."""
    rows = db.session.execute(message_rows().where(Message.id.in_(message_ids)).order_by(Message.seq))
    return present_rows(list(rows))


_PRESENTED = "encours.presented"


def keep_fresh(posted: Iterable[tuple[Any, Any, Actor]]) -> None:
    """Keep the wire form of messages just stored (the row, where it stands, its author) for the answer and
    the broadcast: nobody has reacted to them, nothing needs to be read."""
    kept = db.session.info[_PRESENTED] = {}
    for row, stored, author in posted:
        kept[row.id] = _form(row, stored, author_of(row, author.name, author.handle, author.role))


def presented(message_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """As `present`, for messages just posted: what was kept of them, else a query."""
    kept = db.session.info.get(_PRESENTED, {})
    if all(message_id in kept for message_id in message_ids):
        return [kept[message_id] for message_id in message_ids]
    return present(message_ids)


def present_one(message_id: uuid.UUID) -> dict[str, Any]:
    return present([message_id])[0]


_quoted, _quoted_author = aliased(Message), aliased(User)


_COLUMNS = (
    Message.id,
    Message.thread_id,
    Message.seq,
    Message.client_id,
    Message.kind,
    Message.author_id,
    Message.body,
    Message.html,
    Message.created_at,
    Message.edited_at,
    Message.deleted_at,
    Message.reply_to,
    Message.file_count,
    Message.act_kind,
    Message.act_id,
    Message.mentions,
    Message.grant_id,
    Message.guest_name,
)


_REACTIONS = (
    select(RowsOf(Reaction.emoji, Reaction.user_id))
    .where(Reaction.message_id == Message.id)
    .correlate(Message)
    .scalar_subquery()
    .label("reactions")
)


def message_rows() -> Any:
    """The statement of messages with all that `present_rows` shows of them."""
    return (
        select(
            *_COLUMNS,
            _REACTIONS,
            FILES,
            User.name,
            User.handle,
            Membership.role,
            _quoted.seq.label("quoted_seq"),
            _quoted.file_count.label("quoted_files"),
            case((_quoted.deleted_at.is_(None), func.substr(_quoted.body, 1, 300))).label("quoted_body"),
            func.coalesce(_quoted_author.name, _quoted.guest_name).label("quoted_name"),
        )
        .outerjoin(User, User.id == Message.author_id)
        .outerjoin(Membership, (Membership.user_id == User.id) & Membership.ends_on.is_(None))
        .outerjoin(_quoted, _quoted.id == Message.reply_to)
        .outerjoin(_quoted_author, _quoted_author.id == _quoted.author_id)
    )


def present_rows(rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Their wire form. No query."""
    return [_wire(row) for row in rows]


def _wire(row: Row[Any]) -> dict[str, Any]:
    shown = _form(row, row, author_of(row, row.name, row.handle, row.role))
    if row.deleted_at is not None:
        gone: dict[str, Any] = {"body": "", "html": "", "mentions": [], "deleted_at": instant(row.deleted_at)}
        return {**shown, **gone, "edited_at": instant(row.edited_at)}
    return {
        **shown,
        "edited_at": instant(row.edited_at),
        "quote": _quote(row),
        "reactions": _reactions(row.reactions),
        "attachments": attachments_in(row.files),
    }


def _form(row: Any, stored: Any, author: dict[str, Any] | None) -> dict[str, Any]:
    """A message as it is when it has just been posted."""
    return {
        "id": str(row.id),
        "thread_id": str(row.thread_id),
        "seq": stored.seq,
        "client_id": str(row.client_id),
        "kind": row.kind,
        "author": author,
        "body": row.body,
        "html": row.html,
        "created_at": instant(stored.created_at),
        "edited_at": None,
        "deleted_at": None,
        "reply_to": str(row.reply_to) if row.reply_to else None,
        "quote": None,
        "act": {"kind": row.act_kind, "id": str(row.act_id)} if row.act_id else None,
        "mentions": [str(user_id) for user_id in row.mentions],
        "reactions": [],
        "attachments": [],
    }


def author_of(row: Any, name: str | None, handle: str | None, role: str | None) -> Any:
    """Who wrote a message: one of us, somebody at the client's (role `client`), or None, the product."""
    if row.grant_id is not None:
        return person(row.grant_id, row.guest_name, "", CLIENT)
    return person(row.author_id, name, handle, role)


def person(user_id: uuid.UUID | None, name: str | None, handle: str | None, role: str | None) -> Any:
    """How a message names its author; None stands for the product itself."""
    if user_id is None:
        return None
    words = (name or "?").split()
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
    return {"id": str(user_id), "name": name, "handle": handle, "initials": initials, "role": role}


def instant(value: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    if value is None:
        return None
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reactions(rows: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    found: dict[str, list[str]] = {}
    for emoji, user_id in sorted(rows):
        found.setdefault(emoji, []).append(str(uuid.UUID(user_id)))
    return [{"emoji": emoji, "user_ids": users} for emoji, users in found.items()]


def _quote(row: Row[Any]) -> dict[str, Any] | None:
    """What the message answers: whose, and how it begins; nothing of a deleted one."""
    if row.quoted_seq is None:
        return None
    return {
        "id": str(row.reply_to),
        "seq": row.quoted_seq,
        "name": row.quoted_name or "Encours",
        "excerpt": summary(row.quoted_body or "", row.quoted_files, 140),
    }
