"""The balance of each client, computed from its open instalments and kept beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, func, insert, literal, select, type_coerce, union_all, update

from webapp.core.clock import today
from webapp.core.events import record
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.events import BalanceChanged
from webapp.invoices.models import Balance, DeliveryNote, Instalment, Invoice, Order
from webapp.users.models import Company

CHUNK = 500
HISTORY = timedelta(days=365)


@dataclass
class Figures:
    """Sums of one client while they are being added up."""

    open: int = 0
    overdue: int = 0
    overdue_since: date | None = None
    next_due_on: date | None = None
    open_count: int = 0
    late_weight: int = 0
    late_days: int = 0

    def add(self, due_on: date, sign: int, amount: int, count: int, day: date) -> None:
        self.open += sign * amount
        if sign < 0:
            return
        self.open_count += count
        if due_on < day:
            self.overdue += amount
            self.overdue_since = min(filter(None, (self.overdue_since, due_on)))
            self.late_weight += amount
            self.late_days += amount * (day - due_on).days
        else:
            self.next_due_on = min(filter(None, (self.next_due_on, due_on)))

    @property
    def days_late(self) -> int | None:
        """Amount-weighted average, rounded to whole days; None without history."""
        if self.late_weight == 0:
            return None
        return round(self.late_days / self.late_weight)


def refresh_balances(
    client_ids: Iterable[uuid.UUID], unapplied: Mapping[uuid.UUID, int] | None = None
) -> None:
    """Compute again what these clients owe, in the running transaction. Events: BalanceChanged.

    `unapplied` gives the new unallocated credit (cents) of clients whose payments changed.
    """
    ids = list(dict.fromkeys(client_ids))
    day = today()
    for start in range(0, len(ids), CHUNK):
        _refresh(ids[start : start + CHUNK], unapplied or {}, day)
    if ids:
        record(BalanceChanged(tuple(ids)))


def roll_over(limit: int = CHUNK) -> int:
    """Bring balances of an earlier day up to today; returns how many. Events: BalanceChanged.

    The daily job calls it until it returns 0. Clients who owe nothing are left: their lateness
    changes at their next invoice.
    """
    day = today()
    stale = db.session.scalars(
        select(Balance.client_id).where(Balance.as_of < day, Balance.open_count > 0).limit(limit)
    ).all()
    refresh_balances(stale)
    return len(stale)


def _refresh(ids: Sequence[uuid.UUID], unapplied: Mapping[uuid.UUID, int], day: date) -> None:
    figures = compute(ids, day)
    kept = dict(
        db.session.execute(select(Balance.client_id, Balance.unapplied).where(Balance.client_id.in_(ids)))
        .tuples()
        .all()
    )
    ahead, parts = _ahead(ids), counted_parts()
    rows = []
    for client_id in ids:
        sums = figures.get(client_id, Figures())
        credit = unapplied.get(client_id, kept.get(client_id, 0))
        ordered, unbilled = ahead[Order].get(client_id, 0), ahead[DeliveryNote].get(client_id, 0)
        rows.append(
            {
                "client_id": client_id,
                "outstanding": sums.open - credit,
                "unapplied": credit,
                "overdue": sums.overdue,
                "overdue_since": sums.overdue_since,
                "next_due_on": sums.next_due_on,
                "open_count": sums.open_count,
                "days_late": sums.days_late,
                "open_orders": ordered,
                "unbilled_amount": unbilled,
                "exposure": parts.exposure(sums.open - credit, unbilled, ordered),
                "as_of": day,
            }
        )
    fresh = [row for row in rows if row["client_id"] not in kept]
    if fresh:
        db.session.execute(insert(Balance), fresh)
    known = [row for row in rows if row["client_id"] in kept]
    if known:
        db.session.execute(update(Balance), known)
    forget(Balance)


def counted_parts() -> rules.Parts:
    """Which parts count in the exposure today."""
    return rules.parts_in(db.session.scalar(select(Company.settings).limit(1)))


def _ahead(ids: Sequence[uuid.UUID]) -> dict[type, dict[uuid.UUID, int]]:
    """What these clients ordered, and what was delivered to them, that is not billed yet. One query."""
    kinds: tuple[Any, ...] = (Order, DeliveryNote)
    each = [
        select(literal(number), kind.client_id, func.sum(kind.open_value))
        .where(kind.client_id.in_(ids), kind.open_value > 0)
        .group_by(kind.client_id)
        for number, kind in enumerate(kinds)
    ]
    found: dict[type, dict[uuid.UUID, int]] = {kind: {} for kind in kinds}
    for number, client_id, total in db.session.execute(union_all(*each)).tuples():
        found[kinds[number]][client_id] = int(total)
    return found


def forget(*kinds: type) -> None:
    """Have objects of these tables read again: a set-based write went past them."""
    for kept in list(db.session.identity_map.values()):
        if isinstance(kept, kinds):
            db.session.expire(kept)


def compute(ids: Sequence[uuid.UUID], day: date) -> dict[uuid.UUID, Figures]:
    """Sums over open instalments and recent history of these clients, in two queries."""
    figures: dict[uuid.UUID, Figures] = {}
    part = Instalment
    # Many rows name few clients: an id is made once, not once a row.
    known: dict[object, uuid.UUID] = {key: each for each in ids for key in (each, each.hex, str(each))}
    open_rows = db.session.execute(
        select(
            type_coerce(part.client_id, String),
            part.due_on,
            part.sign,
            func.sum(part.open_value),
            func.count(),
        )
        .where(part.client_id.in_(ids), part.open > 0, part.sign != 0)
        .group_by(part.client_id, part.due_on, part.sign)
    )
    for key, due_on, sign, amount, count in open_rows:
        figures.setdefault(known[key], Figures()).add(due_on, sign, int(amount), count, day)
    paid_rows = db.session.execute(
        select(
            Invoice.client_id,
            func.sum(Invoice.gross_value * Invoice.late_days),
            func.sum(Invoice.gross_value),
        )
        .where(
            Invoice.client_id.in_(ids),
            Invoice.due_on >= day - HISTORY,
            Invoice.paid_on.is_not(None),
            Invoice.kind == "invoice",
            Invoice.voided_at.is_(None),
        )
        .group_by(Invoice.client_id)
    )
    for client_id, days, weight in paid_rows:
        sums = figures.setdefault(client_id, Figures())
        sums.late_days += int(days or 0)
        sums.late_weight += int(weight or 0)
    return figures
