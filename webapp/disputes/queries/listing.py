"""Lists of disputes: filtered, sorted, page by page; the board; the facts of statistics."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, func, literal, select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import PARIS, local, now, today
from webapp.core.cursors import Reader, as_day, as_id, as_instant, as_number, as_text, read_cursor
from webapp.core.errors import Invalid
from webapp.core.money import convert
from webapp.disputes import rules
from webapp.disputes.models import Dispute
from webapp.disputes.queries.lines import DisputeLine, read_lines, select_lines
from webapp.disputes.rules.statistics import Fact
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor
from webapp.users.models import User

_SHAPES: dict[str, Reader] = {"due": as_day, "amount": as_number, "age": as_instant}
BOARD_STATES = (*rules.OPEN_STATES, "settled")
BOARD_SHOWN = 30
SETTLED_DAYS = 30


@dataclass(frozen=True)
class Wanted:
    """Which disputes: in a state (or `active`, `late`, `settled`, `all`), why, whose, how old, how much."""

    state: str = "active"
    reason: str | None = None
    resolver: uuid.UUID | str | None = None  # a person, or `none`
    department: str | None = None
    age: int = 0  # opened at least so many days ago
    least: int = 0  # cents of the company's currency
    client_id: uuid.UUID | None = None
    sort: str = "due"

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def list_name(self) -> str:
        """Which list a cursor belongs to: another one does not fit."""
        whose = (
            self.state,
            self.reason,
            self.resolver,
            self.department,
            self.age,
            self.least,
            self.client_id,
        )
        return "|".join(map(str, ("disputes", self.sort, *whose)))


def list_disputes(
    actor: Actor, wanted: Wanted, *, limit: int, after: Sequence[object] | None = None
) -> list[DisputeLine]:
    """Disputes of the scope in the chosen order, `limit + 1`. Raises Invalid for an unknown column."""
    place = _place(wanted.column)
    query = select_lines(actor).where(*_conditions(wanted))
    here = tuple_(place, Dispute.id)
    if after is not None:
        there = tuple_(literal(after[0], place.type), literal(after[1], Dispute.id.type))
        query = query.where(here < there if wanted.falling else here > there)
    order = [each.desc() if wanted.falling else each for each in (place, Dispute.id)]
    return read_lines(query.order_by(*order).limit(limit + 1))


def position_of(wanted: Wanted, line: DisputeLine) -> tuple[object, ...]:
    """Where the next page starts, once `line` was the last one shown."""
    places: dict[str, object] = {
        "due": line.dispute.due_on,
        "amount": line.dispute.amount,
        "age": line.dispute.opened_at,
        "client": line.client_name,
        "reason": line.dispute.reason,
    }
    return wanted.list_name, places[wanted.column], line.id


def read_position(cursor: str | None, wanted: Wanted) -> tuple[object, ...] | None:
    """Where a cursor of this very list goes on; None for the first page. Raises Invalid."""
    position = read_cursor(cursor, (as_text, _SHAPES.get(wanted.column, as_text), as_id))
    if position is not None and position[0] != wanted.list_name:
        raise Invalid(errors={"cursor": _("Ce curseur n’est pas valable.")})
    return position[1:] if position else None


def _place(column: str) -> ColumnElement[Any]:
    places: dict[str, Any] = {
        "due": Dispute.due_on,
        "amount": Dispute.amount,
        "age": Dispute.opened_at,
        "client": func.coalesce(Client.trade_name, Client.legal_name),
        "reason": Dispute.reason,
    }
    if column not in places:
        raise Invalid(errors={"sort": _("Cette colonne n’existe pas.")})
    found: ColumnElement[Any] = places[column]
    return found


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = _in_state(wanted.state)
    if wanted.reason is not None:
        found.append(Dispute.reason == wanted.reason)
    if wanted.resolver == rules.NOBODY:
        found.append(Dispute.resolver_id.is_(None))
    elif wanted.resolver is not None:
        found.append(Dispute.resolver_id == wanted.resolver)
    if wanted.department is not None:
        found.append(Dispute.department == wanted.department)
    if wanted.age:
        found.append(Dispute.opened_at <= now() - timedelta(days=wanted.age))
    if wanted.least:
        found.append(Dispute.amount >= wanted.least)
    if wanted.client_id is not None:
        found.append(Dispute.client_id == wanted.client_id)
    return found


def _in_state(state: str) -> list[ColumnElement[bool]]:
    open_ = Dispute.closed_at.is_(None)
    if state == "active":
        return [open_]
    if state == "late":
        return [open_, Dispute.due_on < today()]
    if state == "settled":
        return [Dispute.closed_at.is_not(None)]
    return [] if state == "all" else [Dispute.state == state]


@dataclass(frozen=True)
class Column:
    """A column of the board: its state, how many disputes and how much, and the first of them."""

    state: str
    count: int
    value: int
    lines: list[DisputeLine]


def board(actor: Actor, wanted: Wanted) -> list[Column]:
    """Open disputes by state and those settled within thirty days, the most urgent first; two queries."""
    column = case((Dispute.closed_at.is_not(None), "settled"), else_=Dispute.state)
    narrowed = [
        *_conditions(replace(wanted, state="all")),
        Dispute.closed_at.is_(None) | (Dispute.closed_at >= now() - timedelta(days=SETTLED_DAYS)),
    ]
    rank = func.row_number().over(
        partition_by=column, order_by=(Dispute.closed_at.desc(), Dispute.due_on, Dispute.id)
    )
    value = func.sum(Dispute.open_value).over(partition_by=column)
    ranked = (
        select(
            Dispute.id,
            column.label("column"),
            rank.label("rank"),
            func.count().over(partition_by=column).label("count"),
            value.label("value"),
        )
        .join(Client, Client.id == Dispute.client_id)
        .where(in_scope(actor), *narrowed)
        .subquery()
    )
    query = select_lines(actor).add_columns(ranked.c.column, ranked.c.count, ranked.c.value)
    query = query.join(ranked, ranked.c.id == Dispute.id).where(ranked.c.rank <= BOARD_SHOWN)
    rows = db.session.execute(query.order_by(ranked.c.column, ranked.c.rank)).tuples().all()
    return [_column([row for row in rows if row[-3] == state], state) for state in BOARD_STATES]


def _column(rows: Sequence[Any], state: str) -> Column:
    count, value = rows[0][-2:] if rows else (0, 0)
    return Column(state, int(count), int(value), [DisputeLine(*row[:-3]) for row in rows])


def list_facts(actor: Actor, since: date) -> list[Fact]:
    """What statistics are made of: disputes of the scope opened since a day, as narrow rows; one query."""
    query = (
        select(
            Dispute.reason,
            Dispute.department,
            User.name,
            Dispute.state,
            Dispute.amount,
            Dispute.resolution_amount,
            Dispute.opened_at,
            Dispute.due_on,
            Dispute.closed_at,
            Invoice.due_on,
            Invoice.rate,
        )
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .join(Client, Client.id == Dispute.client_id)
        .outerjoin(User, User.id == Dispute.resolver_id)
        .where(in_scope(actor), Dispute.opened_at >= start_of(since))
    )
    return [_fact(*row) for row in db.session.execute(query).tuples()]


def start_of(day: date) -> datetime:
    """The first instant of a calendar day of the company."""
    return datetime.combine(day, time(), PARIS)


def _fact(
    reason: str,
    department: str,
    resolver: str | None,
    state: str,
    amount: int,
    credited: int | None,
    opened_at: datetime,
    due_on: date,
    closed_at: datetime | None,
    invoice_due_on: date,
    rate: int,
) -> Fact:
    return Fact(
        reason=reason,
        department=department,
        resolver=resolver,
        state=state,
        amount=convert(amount, rate),
        credited=convert(credited or 0, rate),
        opened_on=local(opened_at).date(),
        due_on=due_on,
        closed_on=local(closed_at).date() if closed_at else None,
        invoice_due_on=invoice_due_on,
    )
