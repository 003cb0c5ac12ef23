"""What happened with a client, newest first: invoices, payments, alerts, limits, messages, edits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import String, Uuid, and_, cast, func, literal, null, select, tuple_, type_coerce, union_all
from sqlalchemy.types import BigInteger

from webapp.core.clock import UtcDateTime
from webapp.core.cursors import as_id, as_instant, as_text, read_cursor
from webapp.extensions import db
from webapp.imports.models import Import
from webapp.invoices.models import Invoice
from webapp.payments.models import Payment
from webapp.risk.models import Alert, CreditLimit
from webapp.threads.models import Message
from webapp.users.actor import Actor
from webapp.users.models import AuditEntry, User
from webapp.users.policy import may

WITHIN = timedelta(hours=1)
# One of each: SQLAlchemy works out a type's place in its cache once an instance.
BIG, TEXT, KIND, KEY, DIGITS = BigInteger(), String(400), String(12), String(36), String(32)
UUID, INSTANT = Uuid(), UtcDateTime()


@dataclass(frozen=True)
class Happening:
    """One line of the timeline. `ref` names an invoice or a file, `text` is a quote or a kind."""

    kind: str  # invoice, credit_note, payment, alert, limit, message, import, client
    at: datetime
    id: uuid.UUID
    amount: int | None
    ref: str | None
    text: str | None
    subject_id: uuid.UUID | None  # where it leads: an invoice, an import
    actor: str | None
    count: int = 1

    @property
    def imported(self) -> bool:
        """Brought by a file, which `ref` names."""
        return self.ref is not None and self.subject_id is None and self.kind != "alert"


def _line(
    kind: Any,
    at: Any,
    key: Any,
    *,
    amount: Any = None,
    ref: Any = None,
    text: Any = None,
    subject: Any = None,
    actor: Any = None,
    count: Any = None,
) -> Any:
    """The columns every source shares, typed so that PostgreSQL can stack them."""
    return select(
        (literal(kind) if isinstance(kind, str) else kind).label("kind"),
        at.label("at"),
        key.label("id"),
        cast(null() if amount is None else amount, BIG).label("amount"),
        cast(null() if ref is None else ref, TEXT).label("ref"),
        cast(null() if text is None else text, TEXT).label("text"),
        (cast(null(), UUID) if subject is None else subject).label("subject_id"),
        (cast(null(), UUID) if actor is None else actor).label("actor_id"),
        (literal(1) if count is None else count).label("count"),
    )


def _imported(table: Any, amount: Any, kind: Any) -> Any:
    """What one file brought for the client is one line, however many rows it had."""
    return (
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
        .where(table.voided_at.is_(None))
        .group_by(table.import_id, kind, Import.filename, Import.created_by)
    )


def _imported_line(grouped: Any) -> Any:
    rows = grouped.subquery()
    return _line(
        rows.c.kind,
        rows.c.at,
        rows.c.import_id,
        amount=rows.c.amount,
        ref=rows.c.filename,
        actor=rows.c.created_by,
        count=rows.c["count"],
    )


def _author(subject: str, key: Any) -> Any:
    """Who recorded it, as the audit trail says."""
    same = (AuditEntry.subject_type == subject) & (AuditEntry.subject_id == _dashed(key))
    first = select(AuditEntry.actor_id).where(same).order_by(AuditEntry.id).limit(1)
    return first.scalar_subquery()


def _dashed(key: Any) -> Any:
    """A UUID as the audit trail writes it; SQLite keeps 32 digits without dashes."""
    if db.engine.dialect.name != "sqlite":
        return cast(key, KEY)
    digits, cuts = type_coerce(key, DIGITS), ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    pieces: list[Any] = [func.substr(digits, start, length) for start, length in cuts]
    return reduce(lambda left, right: left + "-" + right, pieces)


def _sources(actor: Actor, client_id: uuid.UUID) -> list[Any]:
    """One statement for each kind the actor may read."""
    found = [*_documents(client_id), _messages(client_id), _edits(client_id)]
    if may(actor, "payment.read"):
        found += _receipts(client_id)
    if may(actor, "alert.read"):
        line = _line("alert", Alert.raised_at, Alert.id, amount=Alert.level, text=Alert.kind, ref=Alert.state)
        found.append(line.where(Alert.client_id == client_id))
    if may(actor, "limit.read"):
        found.append(_limits(client_id))
    return found


def _documents(client_id: uuid.UUID) -> list[Any]:
    kind = cast(Invoice.kind, KIND)
    single = _line(
        kind,
        Invoice.recorded_at,
        Invoice.id,
        amount=Invoice.gross,
        ref=Invoice.ref,
        subject=Invoice.id,
        actor=_author("invoice", Invoice.id),
    )
    alone = Invoice.voided_at.is_(None) & Invoice.import_id.is_(None)
    brought = _imported(Invoice, Invoice.gross, kind).where(Invoice.client_id == client_id)
    return [single.where(Invoice.client_id == client_id, alone), _imported_line(brought)]


def _receipts(client_id: uuid.UUID) -> list[Any]:
    single = _line(
        "payment",
        Payment.recorded_at,
        Payment.id,
        amount=Payment.amount,
        text=Payment.text,
        actor=_author("payment", Payment.id),
    )
    alone = Payment.voided_at.is_(None) & Payment.import_id.is_(None)
    kind = cast(literal("payment"), KIND)  # PostgreSQL refuses to group by a bare text
    brought = _imported(Payment, Payment.amount, kind).where(Payment.client_id == client_id)
    return [single.where(Payment.client_id == client_id, alone), _imported_line(brought)]


def _messages(client_id: uuid.UUID) -> Any:
    line = _line(
        "message",
        Message.created_at,
        Message.id,
        ref=Invoice.ref,
        text=func.substr(Message.body, 1, 280),
        subject=Invoice.id,
        actor=Message.author_id,
    )
    said = Message.deleted_at.is_(None) & (Message.kind == "text")
    return line.join(Invoice, Invoice.id == Message.thread_id).where(Invoice.client_id == client_id, said)


def _edits(client_id: uuid.UUID) -> Any:
    line = _line("client", AuditEntry.at, AuditEntry.id, text=AuditEntry.action, actor=AuditEntry.actor_id)
    return line.where(_edit_of(client_id))


def _edit_of(client_id: uuid.UUID) -> Any:
    return and_(
        AuditEntry.subject_type == "client",
        AuditEntry.subject_id == str(client_id),
        AuditEntry.action.in_(("client.create", "client.update")),
    )


def _limits(client_id: uuid.UUID) -> Any:
    line = _line(
        "limit",
        CreditLimit.set_at,
        CreditLimit.id,
        amount=CreditLimit.amount,
        text=CreditLimit.source,
        actor=CreditLimit.set_by,
    )
    return line.where(CreditLimit.client_id == client_id)


def list_happenings(
    actor: Actor, client_id: uuid.UUID, *, limit: int = 30, after: Sequence[object] | None = None
) -> list[Happening]:
    """At most `limit + 1` lines about a client already known to be in scope, in one query."""
    parts = []
    for source in _sources(actor, client_id):
        lines = source.subquery()
        part = select(lines)
        if after is not None:
            there = literal(after[0], INSTANT), literal(after[1], UUID), literal(after[2], KIND)
            part = part.where(tuple_(lines.c.at, lines.c.id, lines.c.kind) < tuple_(*there))
        capped = part.order_by(lines.c.at.desc(), lines.c.id.desc(), lines.c.kind.desc()).limit(limit + 1)
        parts.append(select(capped.subquery()))
    stacked = union_all(*parts).subquery()
    names = ("kind", "at", "id", "amount", "ref", "text", "subject_id")
    query = (
        select(*(stacked.c[name] for name in names), User.name, stacked.c["count"])
        .outerjoin(User, User.id == stacked.c.actor_id)
        .order_by(stacked.c.at.desc(), stacked.c.id.desc(), stacked.c.kind.desc())
        .limit(limit + 1)
    )
    rows: Any = db.session.execute(query).all()
    return [Happening(*row) for row in rows]


def last_edit(client_id: uuid.UUID) -> tuple[str | None, datetime | None]:
    """Who last changed a client's identity, and when."""
    row = db.session.execute(
        select(User.name, AuditEntry.at)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(_edit_of(client_id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return (row.name, row.at) if row else (None, None)


def position_of(happening: Happening) -> tuple[object, ...]:
    """Where the next page starts, once `happening` was the last one shown."""
    return happening.at.isoformat(), happening.id, happening.kind


def read_position(cursor: str | None) -> tuple[object, ...] | None:
    """Where a cursor says to go on; None for the first page. Raises Invalid."""
    return read_cursor(cursor, (as_instant, as_id, as_text))


def grouped(happenings: Sequence[Happening]) -> list[Happening]:
    """Neighbours of the same kind by the same person within an hour become one line with a count."""
    lines: list[Happening] = []
    for each in happenings:
        last = lines[-1] if lines else None
        same = (
            last is not None
            and each.kind == last.kind
            and each.kind in ("invoice", "credit_note", "payment", "client")
            and each.actor == last.actor
            and last.at - each.at <= WITHIN
        )
        if same and last is not None:
            amount = None if each.amount is None else (last.amount or 0) + each.amount
            lines[-1] = replace(last, amount=amount, count=last.count + each.count)
        else:
            lines.append(each)
    return lines
