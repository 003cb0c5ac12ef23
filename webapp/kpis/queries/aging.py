"""The aged balance by client, as the actor may see it: today from what is kept, earlier from the entries.

Today one grouped read of an index answers, handed over client by client, so that a company with a
million open items does not hold up others in the same process.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.core.errors import Forbidden
from webapp.core.offload import give_way
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Balance, Instalment, Invoice
from webapp.kpis.formulas.aging import Line, edges, rolled_up, with_cash
from webapp.kpis.policy import HIDDEN, may_read
from webapp.kpis.queries import past
from webapp.kpis.queries.keys import raw, written
from webapp.kpis.queries.sums import NOTHING, sums
from webapp.users.actor import Actor
from webapp.users.policy import sees_everything

TURN = 500  # clients read before others are let in


@dataclass(frozen=True)
class Question:
    """Which aged balance: as of a day, late from the due date or the issue date, of whom."""

    as_of: date
    basis: str = "due"
    branch_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    no_rep: bool = False


def aging_lines(actor: Actor, question: Question, bounds: Sequence[int]) -> list[Line]:
    """One line for each client in scope with something open, by its id as text. Raises Forbidden."""
    if not may_read(actor):
        raise Forbidden(HIDDEN)
    clients = _clients(actor, question)
    source = _parts if question.basis == "due" else _documents
    found = _in_turns(source(edges(question.as_of, bounds), clients))
    rows = ((written(row[0]), *row[1:]) for row in found)
    if question.as_of < today():
        return past.aging_lines(question.as_of, question.basis, bounds, rows, clients)
    cash = select(raw(Balance.client_id), Balance.unapplied).where(Balance.unapplied > 0)
    if clients is not None:
        cash = cash.where(Balance.client_id.in_(clients))
    held = {written(client_id): amount for client_id, amount in db.session.execute(cash).tuples()}
    return with_cash(rows, held)


def grouped_by(lines: Iterable[Line], by: str) -> list[Line]:
    """The same by representative or branch (ids; None without representative), in one more read."""
    if by == "client":
        return list(lines)
    column = Client.sales_rep_id if by == "rep" else Client.branch_id
    rows = db.session.execute(select(raw(Client.id), raw(column))).tuples()
    group_of = {written(client_id): group and written(group) for client_id, group in rows}
    return rolled_up(lines, group_of.__getitem__)


def _clients(actor: Actor, question: Question) -> Select[Any] | None:
    """Ids of the clients asked about; None when that is all of them."""
    conditions = [] if sees_everything(actor) else [in_scope(actor)]
    if question.branch_id is not None:
        conditions.append(Client.branch_id == question.branch_id)
    if question.no_rep:
        conditions.append(Client.sales_rep_id.is_(None))
    elif question.rep_id is not None:
        conditions.append(Client.sales_rep_id == question.rep_id)
    return select(Client.id).where(*conditions) if conditions else None


def _in_turns(query: Select[Any]) -> Iterator[Any]:
    """The rows. SQLite counts while they are fetched, and holds everybody up: others run now and then.

    PostgreSQL counts elsewhere, and with a cursor it would do without its parallel plans.
    """
    if db.engine.dialect.name != "sqlite":
        yield from db.session.execute(query)
        return
    for rows in db.session.execute(query.execution_options(yield_per=TURN)).partitions():
        yield from rows
        give_way()


def _parts(since: Sequence[date], clients: Select[Any] | None) -> Select[Any]:
    """Open instalments, read from their index alone."""
    part: Any = Instalment
    figures = sums(part.due_on, part.sign > NOTHING, part.sign < NOTHING, part.open_value, since)
    query = select(raw(part.client_id), *figures).where(part.open > NOTHING).group_by(part.client_id)
    return query if clients is None else query.where(part.client_id.in_(clients))


def _documents(since: Sequence[date], clients: Select[Any] | None) -> Select[Any]:
    """Open documents by their date of issue: instalments of one document share it."""
    bill: Any = Invoice
    owed = bill.kind.in_([kind for kind, sign in rules.SIGN.items() if sign > 0])
    figures = sums(bill.issued_on, owed, ~owed, bill.open_value, since)
    query = select(raw(bill.client_id), *figures).where(bill.open > NOTHING, bill.voided_at.is_(None))
    query = query.group_by(bill.client_id)
    return query if clients is None else query.where(bill.client_id.in_(clients))
