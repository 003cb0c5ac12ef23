"""Search in one thread, by an index of words (migration `ms2`); what is too new for it is read as it is."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select, text

from webapp.extensions import db
from webapp.threads.finding import excerpt_around, says, words_of
from webapp.threads.models import Message
from webapp.threads.queries.messages import Page, instant, person
from webapp.threads.subjects import get_subject
from webapp.users.actor import Actor
from webapp.users.models import Membership, User

# A row of the index is its thread's number and the message's seq: a thread is a range of it.
_FIRST = "(SELECT number FROM messages_fts_threads WHERE thread_id = :thread_id) * 4294967296"
_SQLITE = text(
    "SELECT f.rowid & 4294967295 AS seq FROM messages_fts f WHERE messages_fts MATCH :wanted"  # nosec B608 # _FIRST is ours
    f" AND f.rowid > {_FIRST} AND f.rowid < {_FIRST} + :before"
    " ORDER BY f.rowid DESC LIMIT :most"
)
_INDEXED = text("SELECT indexed_seq FROM messages_fts_threads WHERE thread_id = :thread_id")
MOST_READ = 2_000
_POSTGRESQL = text(
    "SELECT seq FROM messages WHERE thread_id = :thread_id AND seq < :before"
    " AND body <> '' AND to_tsvector('simple', encours_fold(body)) @@ to_tsquery('simple', :wanted)"
    " ORDER BY seq DESC LIMIT :most"
)


def search_thread(
    actor: Actor, thread_id: uuid.UUID, asked: str, before_seq: int | None = None, limit: int = 20
) -> Page:
    """Messages of a thread with every word of `asked`, the newest first, as excerpts.

    Words may be beginnings; accents and case do not count; deleted messages are not found.
    Raises NotFound when the thread is out of scope.
    """
    get_subject(actor, thread_id)
    words = words_of(asked)
    seqs = _seqs(thread_id, words, before_seq or 2**31, limit + 1) if words else []
    found = _excerpts(thread_id, seqs[:limit], words)
    return Page(found, seqs[0] if seqs else 0, len(seqs) > limit)


def _seqs(thread_id: uuid.UUID, words: list[str], before: int, most: int) -> list[int]:
    if db.engine.dialect.name != "sqlite":
        wanted = " & ".join(f"{word}:*" for word in words)
        return _ask(_POSTGRESQL, wanted=wanted, thread_id=thread_id, before=before, most=most)
    newest = _tail(thread_id, words, before)[:most]
    if len(newest) == most:
        return newest
    wanted = " ".join(f'"{word}"*' for word in words)
    return newest + _ask(
        _SQLITE, wanted=wanted, thread_id=thread_id.hex, before=before, most=most - len(newest)
    )


def _ask(statement: Any, **asked: Any) -> list[int]:
    return list(db.session.scalars(statement, asked))


def _tail(thread_id: uuid.UUID, words: list[str], before: int) -> list[int]:
    """Of the messages that the worker has not indexed yet, those with every word."""
    indexed = db.session.scalar(_INDEXED, {"thread_id": thread_id.hex}) or 0
    rows = db.session.execute(
        select(Message.seq, Message.body)
        .where(Message.thread_id == thread_id, Message.seq > indexed, Message.seq < before)
        .order_by(Message.seq.desc())
        .limit(MOST_READ)
    )
    return [row.seq for row in rows if says(row.body, words)]


def _excerpts(thread_id: uuid.UUID, seqs: list[int], words: list[str]) -> list[dict[str, Any]]:
    if not seqs:
        return []
    rows = db.session.execute(
        select(Message, User.name, User.handle, Membership.role)
        .outerjoin(User, User.id == Message.author_id)
        .outerjoin(Membership, (Membership.user_id == User.id) & Membership.ends_on.is_(None))
        .where(Message.thread_id == thread_id, Message.seq.in_(seqs))
        .order_by(Message.seq.desc())
    )
    return [_found(row, words) for row in rows]


def _found(row: Any, words: list[str]) -> dict[str, Any]:
    message = row[0]
    excerpt, start, end = excerpt_around(message.body, words)
    return {
        "message_id": str(message.id),
        "seq": message.seq,
        "author": person(message.author_id, row.name, row.handle, row.role),
        "created_at": instant(message.created_at),
        "excerpt": excerpt,
        "hit": [start, end],
    }
