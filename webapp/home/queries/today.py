"""The day: what waits for this person, which clients got worse, and what their clients owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.extensions import db
from webapp.home.queries import accounts
from webapp.home.queries.accounts import Account
from webapp.invoices.models import Balance, Invoice
from webapp.users.actor import Actor
from webapp.users.policy import sees_everything

NEWLY = timedelta(days=14)


@dataclass(frozen=True)
class Totals:
    """What the clients of a scope owe together, from their stored balances. Cents."""

    clients: int
    outstanding: int
    overdue: int
    unapplied: int

    @property
    def owed(self) -> int:
        """Open items before unapplied credit: what a share of lateness is a share of."""
        return self.outstanding + self.unapplied

    @property
    def overdue_share(self) -> int | None:
        """Overdue in whole per cent of what is owed; None when nothing is."""
        return round(self.overdue * 100 / self.owed) if self.owed > 0 else None


def totals(actor: Actor) -> Totals:
    """Sums over the stored balances of the scope, in one query."""
    query = (
        select(
            func.count(),
            func.coalesce(func.sum(Balance.outstanding), 0),
            func.coalesce(func.sum(Balance.overdue), 0),
            func.coalesce(func.sum(Balance.unapplied), 0),
        )
        .select_from(Client)
        .outerjoin(Balance, Balance.client_id == Client.id)
        .where(in_scope(actor), Client.archived_at.is_(None))
    )
    return Totals(*(int(figure) for figure in db.session.execute(query).one()))


def list_worsened(actor: Actor, *, limit: int = 3) -> list[Account]:
    """Clients that fell overdue within a fortnight, the largest amounts first."""
    query = (
        accounts.base(actor)
        .where(
            Client.archived_at.is_(None),
            Balance.overdue > 0,
            Balance.overdue_since >= today() - NEWLY,
        )
        .order_by(Balance.overdue.desc(), Client.id)
        .limit(limit)
    )
    return accounts.read(actor, query)


def list_large_overdue(actor: Actor, *, limit: int = 3, pool: int = 50) -> list[Invoice]:
    """Overdue invoices with the most to collect, among the clients with the most overdue.

    Going through the largest stored balances first keeps it fast whatever the number of invoices.
    """
    worst = select(Balance.client_id).where(Balance.overdue > 0)
    if not sees_everything(actor):
        worst = worst.join(Client, Client.id == Balance.client_id).where(in_scope(actor))
    worst = worst.order_by(Balance.overdue.desc()).limit(pool)
    query = (
        select(Invoice)
        .join(Invoice.client)
        .where(
            Invoice.client_id.in_(worst),
            Invoice.voided_at.is_(None),
            Invoice.kind == "invoice",
            Invoice.open > 0,
            Invoice.due_on < today(),
        )
        .options(contains_eager(Invoice.client))
        .order_by(Invoice.open.desc(), Invoice.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))
