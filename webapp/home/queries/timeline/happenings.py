"""Reading the timeline: one statement, kept once built, whoever the client is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, func, select, tuple_, union_all

from webapp.core.cursors import as_id, as_instant, as_text, read_cursor
from webapp.extensions import db
from webapp.home.queries.timeline.columns import INSTANT, KIND, UUID
from webapp.home.queries.timeline.sources import SOURCES, edit_of
from webapp.users.actor import Actor
from webapp.users.models import AuditEntry, User
from webapp.users.policy import may

WITHIN = timedelta(hours=1)
# What the list can be narrowed to, in the order of its chips.
FAMILIES = ("invoices", "payments", "disputes", "visits", "messages", "risk", "sheet", "imports")
ASKED = tuple(sorted({source.right for source in SOURCES if source.right}))
_BROUGHT = frozenset({"invoice", "credit_note", "deposit", "write_off", "payment"})
GROUPABLE = frozenset(
    {"invoice", "credit_note", "deposit", "order", "quote", "payment", "matching", "client", "document"}
)


@dataclass(frozen=True)
class Happening:
    """One line of the timeline. `ref` names an invoice or a file, `text` is a quote or a kind."""

    # invoice, credit_note, payment, return, matching, alert, limit, message (inside), to_client, from_client,
    # client (its sheet), document …
    kind: str
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
        return self.ref is not None and self.subject_id is None and self.kind in _BROUGHT


@cache
def _statement(dialect: str, rights: frozenset[str], family: str | None, paged: bool) -> Any:
    """The lines these rights may read. Building it costs more than running it, so it is built once."""
    parts = []
    for source in SOURCES:
        if (source.right is not None and source.right not in rights) or family not in (None, source.family):
            continue
        lines = source.build(dialect).subquery()
        part: Any = select(lines)
        if paged:
            there = bindparam("at", type_=INSTANT), bindparam("id", type_=UUID), bindparam("kind", type_=KIND)
            part = part.where(tuple_(lines.c.at, lines.c.id, lines.c.kind) < tuple_(*there))
        place = (lines.c.at.desc(), lines.c.id.desc(), lines.c.kind.desc())
        capped = part.order_by(*place).limit(bindparam("most", type_=Integer()))
        parts.append(select(capped.subquery()))
    if not parts:
        return None
    stacked = union_all(*parts).subquery()
    names = ("kind", "at", "id", "amount", "ref", "text", "subject_id")
    return (
        select(
            *(stacked.c[name] for name in names),
            func.coalesce(User.name, stacked.c["name"]),
            stacked.c["count"],
        )
        .outerjoin(User, User.id == stacked.c.actor_id)
        .order_by(stacked.c.at.desc(), stacked.c.id.desc(), stacked.c.kind.desc())
        .limit(bindparam("most", type_=Integer()))
    )


def list_happenings(
    actor: Actor,
    client_id: uuid.UUID,
    *,
    limit: int = 30,
    after: Sequence[object] | None = None,
    kind: str | None = None,
) -> list[Happening]:
    """At most `limit + 1` lines about a client already known to be in scope, in one query.

    `kind` is one of FAMILIES, or None for everything the actor may read.
    """
    rights = frozenset(right for right in ASKED if may(actor, right))
    statement = _statement(db.engine.dialect.name, rights, kind, after is not None)
    if statement is None:
        return []
    values: dict[str, Any] = {"client_id": client_id, "client_text": str(client_id), "most": limit + 1}
    if after is not None:
        values |= dict(zip(("at", "id", "kind"), after, strict=True))
    rows: Any = db.session.execute(statement, values).all()
    return [Happening(*row) for row in rows]


def last_edit(client_id: uuid.UUID) -> tuple[str | None, datetime | None]:
    """Who last changed a client's identity, and when."""
    row = db.session.execute(
        select(User.name, AuditEntry.at)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(edit_of(("client.create", "client.update")))
        .order_by(AuditEntry.id.desc())
        .limit(1),
        {"client_text": str(client_id)},
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
            and each.kind in GROUPABLE
            and (each.kind != "client" or each.text == last.text)
            and each.actor == last.actor
            and last.at - each.at <= WITHIN
        )
        if same and last is not None:
            amount = None if each.amount is None else (last.amount or 0) + each.amount
            lines[-1] = replace(last, amount=amount, count=last.count + each.count)
        else:
            lines.append(each)
    return lines
