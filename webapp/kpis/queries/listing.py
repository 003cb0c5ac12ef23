"""The aged balance as people page through it: sorted by any column, with totals and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.core.cursors import as_text, read_cursor
from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.invoices.queries import aging_bounds
from webapp.kpis.formulas.aging import BASES, BY, FIGURES, Line, figure_of, shares, total_of
from webapp.kpis.queries.aging import Question, aging_lines, grouped_by
from webapp.kpis.queries.keys import raw, written
from webapp.users.actor import Actor
from webapp.users.models import Branch, User

SORTS = ("name", *FIGURES, "b0", "b1", "b2", "b3", "b4", "b5")
CHUNK = 500


@dataclass(frozen=True)
class Choice:
    """What is asked, how it is grouped and sorted; `sort` starts with `-` when it falls."""

    question: Question
    by: str = "client"
    sort: str = "-total"

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def list_name(self) -> str:
        """Which list a cursor belongs to: another one does not fit."""
        asked = self.question
        whose = (asked.branch_id, asked.rep_id, asked.no_rep)
        return "|".join(map(str, ("aging", self.by, self.sort, asked.as_of, asked.basis, *whose)))


class Named(NamedTuple):
    """What a line is about: a client (with its reference), a person or a branch."""

    name: str
    ref: str | None = None
    sort_name: str = ""


@dataclass(frozen=True)
class Aged:
    """A page of the aged balance; `total` and `count` are of all its lines."""

    choice: Choice
    bounds: tuple[int, ...]
    lines: list[Line]
    names: dict[str | None, Named]
    total: Line
    count: int
    after: tuple[object, ...] | None  # where the next page starts

    @property
    def shares(self) -> list[float]:
        return shares(self.total.buckets)


def check(choice: Choice) -> None:
    """Raises Invalid when a column, a grouping or a date nobody knows is asked for."""
    errors: dict[str, object] = {}
    if choice.column not in SORTS:
        errors["sort"] = _("Cette colonne n’existe pas.")
    if choice.by not in BY:
        errors["by"] = _("Choisissez un regroupement de la liste.")
    if choice.question.basis not in BASES:
        errors["date"] = _("Choisissez une date de la liste.")
    if errors:
        raise Invalid(errors=errors)


def read_aged(
    actor: Actor, choice: Choice, *, limit: int | None, after: Sequence[object] | None = None
) -> Aged:
    """The lines after a position (all without `limit`). Raises Forbidden, Invalid."""
    check(choice)
    bounds = aging_bounds()
    lines = grouped_by(aging_lines(actor, choice.question, bounds), choice.by)
    by_name = choice.column == "name"
    names = name_all(choice.by, (line.key for line in lines)) if by_name or limit is None else {}
    place = _placing(choice, names)
    lines.sort(key=place, reverse=choice.falling)
    rest = [line for line in lines if _follows(place(line), after, choice)] if after else lines
    shown = rest[:limit]
    return Aged(
        choice,
        bounds,
        shown,
        names or name_all(choice.by, (line.key for line in shown)),
        total_of(lines),
        len(lines),
        (choice.list_name, *map(str, place(shown[-1]))) if len(shown) < len(rest) else None,
    )


def read_position(cursor: str | None, choice: Choice) -> tuple[object, ...] | None:
    """Where a cursor of this very list goes on. Raises Invalid when it is another list's."""
    position = read_cursor(cursor, (as_text, as_text, as_text))
    if position is None:
        return None
    name, value, key = position
    try:
        place = value if choice.column == "name" else int(str(value))
    except ValueError:
        name = None
    if name != choice.list_name:
        raise Invalid(errors={"cursor": _("Ce curseur n’est pas valable.")})
    return place, key


def _placing(choice: Choice, names: dict[str | None, Named]) -> Callable[[Line], tuple[Any, str]]:
    """Where a line stands in the chosen order; its id decides between equals."""
    if choice.column == "name":
        return lambda line: (names[line.key].sort_name, line.key or "")
    figure = figure_of(choice.column)
    return lambda line: (figure(line), line.key or "")


def _follows(place: tuple[Any, str], after: Sequence[object], choice: Choice) -> bool:
    there: Any = tuple(after)
    return place < there if choice.falling else place > there


def name_all(by: str, keys: Iterable[str | None]) -> dict[str | None, Named]:
    """Who these lines are about, by id, unscoped: the keys are of a list already in scope."""
    wanted = [key for key in keys if key is not None]
    if by == "client":
        return _clients(wanted)
    table: Any = User if by == "rep" else Branch
    chosen = table.id.in_(map(UUID, wanted))
    rows = db.session.execute(select(raw(table.id), table.name).where(chosen)).tuples()
    named: dict[str | None, Named] = {None: Named(_("Sans commercial"))}
    return named | {written(key): Named(name, None, name.casefold()) for key, name in rows}


def _clients(ids: list[str]) -> dict[str | None, Named]:
    """Names of clients: of many by one read of them all, of a page by its ids."""
    query = select(raw(Client.id), Client.ref, Client.trade_name, Client.legal_name, Client.sort_name)
    if len(ids) <= CHUNK:
        query = query.where(Client.id.in_(map(UUID, ids)))
    rows = db.session.execute(query).tuples()
    return {written(key): Named(trade or legal, ref, place) for key, ref, trade, legal, place in rows}
