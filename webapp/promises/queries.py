"""Reads of promises: about clients in scope. What came in only for those who see payments."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, func, select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.promises.models import Promise
from webapp.promises.rules import JUDGED, KEPT, MISSED, OPEN, Kept
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.users.policy import may

MISSING = _l("Promesse introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")


@dataclass(frozen=True)
class PromiseLine:
    """A promise with the client, the invoice it is about, and who took it."""

    promise: Promise
    client: Client
    invoice_ref: str | None
    taken_by: str | None
    sees_money: bool

    @property
    def received(self) -> int | None:
        """Minor units that came in for it; None for a reader who sees no payments."""
        return self.promise.received if self.sees_money else None


def _select(actor: Actor) -> Any:
    return (
        select(Promise, Client, Invoice.ref, User.name)
        .join(Client, Client.id == Promise.client_id)
        .outerjoin(Invoice, Invoice.id == Promise.invoice_id)
        .outerjoin(User, User.id == Promise.taken_by)
        .where(in_scope(actor))
    )


def _lines(actor: Actor, query: Any) -> list[PromiseLine]:
    sees = may(actor, "payment.read")
    rows: Any = db.session.execute(query).tuples()
    return [PromiseLine(promise, client, ref, name, sees) for promise, client, ref, name in rows]


def get_promise(actor: Actor, promise_id: uuid.UUID) -> PromiseLine:
    """The promise, or NotFound."""
    found = _lines(actor, _select(actor).where(Promise.id == promise_id))
    if not found:
        raise NotFound(MISSING)
    return found[0]


def cards(actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PromiseLine]:
    """What their cards show, by id; those out of scope are missing. One query."""
    lines = _lines(actor, _select(actor).where(Promise.id.in_(ids)))
    return {line.promise.id: line for line in lines}


def list_promises(
    actor: Actor,
    only: str = "all",
    *,
    limit: int = 50,
    client_id: uuid.UUID | None = None,
    invoice_id: uuid.UUID | None = None,
    after: Sequence[object] | None = None,
) -> list[PromiseLine]:
    """Promises, the latest day first; `limit + 1` so that one knows whether more follow."""
    query = _select(actor).where(*_narrowed(only))
    if client_id is not None:
        query = query.where(Promise.client_id == client_id)
    if invoice_id is not None:
        query = query.where(Promise.invoice_id == invoice_id)
    if after is not None:
        query = query.where(tuple_(Promise.promised_on, Promise.id) < tuple_(*after))
    return _lines(actor, query.order_by(Promise.promised_on.desc(), Promise.id.desc()).limit(limit + 1))


def _narrowed(only: str) -> list[ColumnElement[bool]]:
    if only == "missed":
        return [Promise.state.in_(MISSED)]
    return [Promise.state == only] if only in (OPEN, KEPT) else []


@dataclass(frozen=True)
class Standing:
    """How a client stands with its word: what it promised next, what it let pass, what it kept."""

    next_on: date | None = None
    next_amount: int | None = None
    next_currency: str | None = None
    missed_on: date | None = None  # the latest day that passed and was not made good since
    kept: Kept = field(default_factory=Kept)


def standing_columns(client_id: Any) -> tuple[Any, ...]:
    """What `read_standing` reads, as columns of any statement about a client known to be in scope."""
    own = Promise.client_id == client_id
    soonest = (Promise.promised_on, Promise.id)
    missed = select(func.max(Promise.promised_on)).where(
        own, Promise.state.in_(MISSED), Promise.fulfilled_on.is_(None)
    )
    columns = {
        f"next_{name}": select(column).where(own, Promise.state == OPEN).order_by(*soonest).limit(1)
        for name, column in (
            ("on", Promise.promised_on),
            ("amount", Promise.amount),
            ("currency", Promise.currency),
        )
    }
    columns |= {"missed_on": missed}
    columns |= {column.name: select(column).where(own) for column in _counts()}
    return tuple(query.scalar_subquery().label(name) for name, query in columns.items())


def read_standing(row: Any) -> Standing:
    """How the client of a row with `standing_columns` stands with its word."""
    return Standing(
        row.next_on, row.next_amount, row.next_currency, row.missed_on, Kept(int(row.kept), int(row.judged))
    )


def kept_by_client(client_id: uuid.UUID) -> Kept:
    """How this client, already known to be in scope, keeps its promises."""
    row = db.session.execute(select(*_counts()).where(Promise.client_id == client_id)).one()
    return Kept(*map(int, row))


def next_promised_on(client_id: Any) -> Any:
    """The day of the open promise that comes first, as a column beside `client_id`."""
    open_ = select(func.min(Promise.promised_on)).where(Promise.client_id == client_id, Promise.state == OPEN)
    return open_.scalar_subquery()


def kept_by_rep(actor: Actor) -> list[tuple[str, Kept]]:
    """The same for the clients in scope of each sales representative, by name."""
    rows = db.session.execute(
        select(User.name, *_counts())
        .join(Client, Client.id == Promise.client_id)
        .join(User, User.id == Client.sales_rep_id)
        .where(in_scope(actor), Promise.state.in_(JUDGED))
        .group_by(User.id, User.name)
        .order_by(User.name)
    )
    return [(name, Kept(int(kept), int(judged))) for name, kept, judged in rows]


def _counts() -> tuple[Any, Any]:
    kept = func.coalesce(func.sum(case((Promise.state == KEPT, 1), else_=0)), 0)
    judged = func.coalesce(func.sum(case((Promise.state.in_(JUDGED), 1), else_=0)), 0)
    return kept.label("kept"), judged.label("judged")
