"""What is overdue, one row for each part that is: whose it is, who follows it, since when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.core.cursors import Reader, as_day, as_id, as_number, as_text, read_cursor
from webapp.core.errors import Invalid
from webapp.disputes.queries import disputed_amounts
from webapp.extensions import db
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.queries import aging_bounds
from webapp.kpis.queries.sums import NOTHING
from webapp.users.actor import Actor
from webapp.users.models import Branch, User

SORTS = ("late", "amount", "client", "rep", "branch", "ref")
_part: Any = Instalment
_text: tuple[Reader, ...] = (as_text, as_id)
_SHAPES: dict[str, tuple[Reader, ...]] = {"late": (as_day, as_id), "amount": (as_number, as_id)}


@dataclass(frozen=True)
class Wanted:
    """Which overdue parts: of one bucket (1 to 5), of whom, from what amount on (cents), in which order."""

    bucket: int | None = None
    rep_id: uuid.UUID | None = None
    no_rep: bool = False
    branch_id: uuid.UUID | None = None
    client_id: uuid.UUID | None = None
    least: int = 0
    sort: str = "-late"

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def list_name(self) -> str:
        """Which list a cursor belongs to: another one does not fit."""
        whose = (self.bucket, self.rep_id, self.no_rep, self.branch_id, self.client_id, self.least)
        return "|".join(map(str, ("overdue", self.sort, *whose)))


@dataclass(frozen=True)
class Late:
    """A part of an invoice past its due date. `amount` is in the invoice's currency."""

    part_id: uuid.UUID
    number: int
    due_on: date
    amount: int
    value: int
    invoice_id: uuid.UUID
    ref: str
    issued_on: date
    gross: int
    currency: str
    client_id: uuid.UUID
    client_ref: str
    client: str
    rep: str | None
    branch: str
    days: int
    place: object  # what the list is sorted by
    disputed: int = 0  # of it, in the invoice's currency: out of dunning, still owed


def list_overdue(
    actor: Actor, wanted: Wanted, *, limit: int, after: Sequence[object] | None = None
) -> list[Late]:
    """Overdue parts of the scope in the chosen order, `limit + 1`. Raises Invalid for an unknown column."""
    if wanted.column not in SORTS:
        raise Invalid(errors={"sort": _("Cette colonne n’existe pas.")})
    place = _place(wanted.column)
    # Days late fall as due dates rise.
    falling = wanted.falling != (wanted.column == "late")
    found = _joined(select(_part.id, place.label("place"))).where(*_conditions(actor, wanted))
    here = tuple_(place, _part.id)
    if after is not None:
        there = tuple_(literal(after[0], place.type), literal(after[1], _part.id.type))
        found = found.where(here < there if falling else here > there)
    order = [each.desc() if falling else each for each in (place, _part.id)]
    # Only the page's rows are read whole.
    page = found.order_by(*order).limit(limit + 1).subquery()
    rows: Any = db.session.execute(_rows(page, falling)).all()
    day = today()
    late = [Late(*row[:-1], (day - row.due_on).days, row[-1]) for row in rows]  # type: ignore[call-arg]
    contested = disputed_amounts(each.invoice_id for each in late)
    return [replace(each, disputed=min(each.amount, contested.get(each.invoice_id, 0))) for each in late]


def position_of(wanted: Wanted, late: Late) -> tuple[object, ...]:
    """Where the next page starts, once `late` was the last one shown."""
    return wanted.list_name, late.place, late.part_id


def read_position(cursor: str | None, wanted: Wanted) -> tuple[object, ...] | None:
    """Where a cursor of this very list goes on; None for the first page. Raises Invalid."""
    position = read_cursor(cursor, (as_text, *_SHAPES.get(wanted.column, _text)))
    if position is not None and position[0] != wanted.list_name:
        raise Invalid(errors={"cursor": _("Ce curseur n’est pas valable.")})
    return position[1:] if position else None


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(_part)
        .join(Invoice, Invoice.id == _part.invoice_id)
        .join(Client, Client.id == _part.client_id)
        .join(Branch, Branch.id == Client.branch_id)
        .outerjoin(User, User.id == Client.sales_rep_id)
    )


def _place(column: str) -> ColumnElement[Any]:
    places: dict[str, Any] = {
        "late": _part.due_on,
        "amount": _part.open_value,
        "client": Client.sort_name,
        "rep": func.coalesce(User.name, ""),
        "branch": Branch.name,
        "ref": Invoice.ref,
    }
    found: ColumnElement[Any] = places[column]
    return found


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    day = today()
    found = [_part.open > NOTHING, _part.sign > 0, _part.due_on < day, in_scope(actor)]
    if wanted.bucket is not None:
        bounds = aging_bounds()
        if wanted.bucket > 1:
            found.append(_part.due_on < day - timedelta(days=bounds[wanted.bucket - 2]))
        if wanted.bucket <= len(bounds):
            found.append(_part.due_on >= day - timedelta(days=bounds[wanted.bucket - 1]))
    if wanted.no_rep:
        found.append(Client.sales_rep_id.is_(None))
    elif wanted.rep_id is not None:
        found.append(Client.sales_rep_id == wanted.rep_id)
    if wanted.branch_id is not None:
        found.append(Client.branch_id == wanted.branch_id)
    if wanted.client_id is not None:
        found.append(_part.client_id == wanted.client_id)
    if wanted.least:
        found.append(_part.open_value >= wanted.least)
    return found


def _rows(page: Any, falling: bool) -> Select[Any]:
    columns = (
        *(_part.id, _part.number, _part.due_on, _part.open, _part.open_value),
        *(Invoice.id, Invoice.ref, Invoice.issued_on, Invoice.gross, Invoice.currency),
        *(Client.id, Client.ref, func.coalesce(Client.trade_name, Client.legal_name)),
        *(User.name, Branch.name, page.c.place),
    )
    order = [each.desc() if falling else each for each in (page.c.place, page.c.id)]
    return _joined(select(*columns)).join(page, page.c.id == _part.id).order_by(*order)
