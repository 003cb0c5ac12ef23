"""What is open by days overdue, of a scope or of one client."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Instalment
from webapp.users.actor import Actor
from webapp.users.policy import sees_everything
from webapp.users.queries import company

_NOTHING: ColumnElement[int] = literal_column("0")  # written out, so that partial indexes on `open > 0` serve


@dataclass(frozen=True)
class Aging:
    """Open instalments by days overdue (cents; not due, then up to each bound), credits apart."""

    buckets: tuple[int, ...]
    credits: int
    next_due_on: date | None = None
    next_due: int = 0
    bounds: tuple[int, ...] = rules.BOUNDS

    @property
    def not_due(self) -> int:
        return self.buckets[0]

    @property
    def overdue(self) -> int:
        return sum(self.buckets[1:])


def aging(actor: Actor, client_id: uuid.UUID | None = None) -> Aging:
    """The aging of the actor's whole scope, or of one client, in one grouped read of an index."""
    query = (
        select(Instalment.due_on, Instalment.sign, func.sum(Instalment.open_value))
        .where(Instalment.open > _NOTHING, Instalment.sign != 0)
        .group_by(Instalment.due_on, Instalment.sign)
    )
    if client_id is not None:
        query = query.where(Instalment.client_id == client_id)
    elif not sees_everything(actor):
        query = query.where(Instalment.client_id.in_(select(Client.id).where(in_scope(actor))))
    bounds = aging_bounds()
    day, sums, credit = today(), [0] * (len(bounds) + 2), 0
    coming: dict[date, int] = {}
    for due_on, sign, amount in db.session.execute(query):
        if sign < 0:
            credit += int(amount)
            continue
        sums[rules.bucket(due_on, day, bounds)] += int(amount)
        if due_on >= day:
            coming[due_on] = coming.get(due_on, 0) + int(amount)
    soonest = min(coming, default=None)
    return Aging(tuple(sums), credit, soonest, coming[soonest] if soonest else 0, bounds)


def aging_bounds(settings: Mapping[str, Any] | None = None) -> tuple[int, ...]:
    """Up to how many days late each bucket of the aging goes: the company's setting, else the usual ones.

    `settings` are the company's, for who has read them already.
    """
    kept = (company().settings or {} if settings is None else settings).get("aging_bounds")
    return tuple(kept) if kept and rules.check_bounds(kept) else rules.BOUNDS
