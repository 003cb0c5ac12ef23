"""The columns every kind of happening shares, and what several kinds need to fill them."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sqlalchemy import String, Uuid, bindparam, cast, func, literal, null, select, type_coerce
from sqlalchemy.types import BigInteger

from webapp.core.clock import UtcDateTime
from webapp.imports.models import Import
from webapp.users.models import AuditEntry

# One of each: SQLAlchemy works out a type's place in its cache once an instance.
BIG, TEXT, KIND, KEY, DIGITS = BigInteger(), String(400), String(16), String(36), String(32)
UUID, INSTANT = Uuid(), UtcDateTime()
CLIENT: Any = bindparam("client_id", type_=UUID)
CLIENT_TEXT: Any = bindparam("client_text", type_=String(64))


def line(
    kind: Any,
    at: Any,
    key: Any,
    *,
    amount: Any = None,
    ref: Any = None,
    text: Any = None,
    subject: Any = None,
    actor: Any = None,
    name: Any = None,
    count: Any = None,
) -> Any:
    """The columns every source shares, typed so that PostgreSQL can stack them.

    `actor` is a user; `name` says who it was when they are none.
    """
    return select(
        cast(literal(kind) if isinstance(kind, str) else kind, KIND).label("kind"),
        at.label("at"),
        key.label("id"),
        cast(null() if amount is None else amount, BIG).label("amount"),
        cast(null() if ref is None else ref, TEXT).label("ref"),
        cast(null() if text is None else text, TEXT).label("text"),
        (cast(null(), UUID) if subject is None else subject).label("subject_id"),
        (cast(null(), UUID) if actor is None else actor).label("actor_id"),
        cast(null() if name is None else name, TEXT).label("name"),
        (literal(1) if count is None else count).label("count"),
    )


def imported(table: Any, amount: Any, kind: Any) -> Any:
    """What one file brought for the client is one line, however many rows it had."""
    rows = (
        select(
            table.import_id,
            kind.label("kind"),
            func.max(table.recorded_at, type_=INSTANT).label("at"),
            func.sum(amount).label("amount"),
            func.count().label("count"),
            Import.filename,
            Import.created_by,
        )
        .join(Import, Import.id == table.import_id)
        .where(table.client_id == CLIENT, table.voided_at.is_(None))
        .group_by(table.import_id, kind, Import.filename, Import.created_by)
        .subquery()
    )
    return line(
        rows.c.kind,
        rows.c.at,
        rows.c.import_id,
        amount=rows.c.amount,
        ref=rows.c.filename,
        actor=rows.c.created_by,
        count=rows.c["count"],
    )


def author(dialect: str, subject: str, key: Any) -> Any:
    """Who recorded it, as the audit trail says."""
    same = (AuditEntry.subject_type == subject) & (AuditEntry.subject_id == _dashed(dialect, key))
    first = select(AuditEntry.actor_id).where(same).order_by(AuditEntry.id).limit(1)
    return first.scalar_subquery()


def client_thread(dialect: str, key: Any) -> Any:
    """The id of the client's thread about this: `threads.rules.client_thread_of` in SQL, so that the index
    of messages finds it."""
    if dialect != "sqlite":
        return cast(func.overlay(cast(key, KEY), "8", 15, 1), UUID)
    digits = type_coerce(key, DIGITS)
    return type_coerce(func.substr(digits, 1, 12) + "8" + func.substr(digits, 14), UUID)


def _dashed(dialect: str, key: Any) -> Any:
    """A UUID as the audit trail writes it; SQLite keeps 32 digits without dashes."""
    if dialect != "sqlite":
        return cast(key, KEY)
    digits, cuts = type_coerce(key, DIGITS), ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    pieces: list[Any] = [func.substr(digits, start, length) for start, length in cuts]
    return reduce(lambda left, right: left + "-" + right, pieces)
