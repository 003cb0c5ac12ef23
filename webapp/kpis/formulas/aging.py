"""The aged balance (balance âgée): what is open, by how many days it is late.

Source: DOMAIN "Ledger rules" and "Formulas"; credits and unapplied cash stand in columns of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

BY = ("client", "rep", "branch")
BASES = ("due", "issue")
# Columns a list is sorted by, beside its buckets `b0` to `b5`.
FIGURES = ("total", "overdue", "credits", "unapplied")
_EMPTY = (0, 0, 0, 0, 0, 0)


class Line(NamedTuple):
    """What is open of one client, representative or branch: cents of the company's currency.

    `buckets` are not due, then each stretch of days late; credits and cash are positive amounts.
    """

    key: Any
    buckets: tuple[int, ...]
    credits: int = 0
    unapplied: int = 0

    @property
    def gross(self) -> int:
        """What invoices ask for, before anything is taken off."""
        return sum(self.buckets)

    @property
    def overdue(self) -> int:
        return sum(self.buckets[1:])

    @property
    def total(self) -> int:
        """The outstanding (encours): open items less credits and unapplied cash."""
        return sum(self.buckets) - self.credits - self.unapplied


def figure_of(name: str) -> Callable[[Line], int]:
    """How the amount of a column is read, by its name: `b0` to `b5`, or one of FIGURES."""
    if name in FIGURES:
        return attrgetter(name)
    place = int(name.removeprefix("b"))
    return lambda line: line.buckets[place]


def edges(day: date, bounds: Sequence[int]) -> tuple[date, ...]:
    """The first date of each bucket but the last, from not due on: what is dated then or later is in it."""
    return (day, *(day - timedelta(days=bound) for bound in bounds))


def ages(bounds: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """First and last day late of each bucket; None where it has no end."""
    starts = [None, 1, *(bound + 1 for bound in bounds)]
    return list(zip(starts, [0, *bounds, None], strict=True))


def rolled_up(lines: Iterable[Line], group_of: Callable[[Any], Any]) -> list[Line]:
    """Lines added up by what `group_of` makes of their key."""
    groups: dict[Any, list[Line]] = {}
    for line in lines:
        groups.setdefault(group_of(line.key), []).append(line)
    return [total_of(held, key) for key, held in groups.items()]


def total_of(lines: Iterable[Line], key: Any = None) -> Line:
    """All lines as one; a line of zeros when there are none."""
    rows = [(*line.buckets, line.credits, line.unapplied) for line in lines]
    if not rows:
        return Line(key, _EMPTY)
    *buckets, credits, unapplied = (sum(column) for column in zip(*rows, strict=True))
    return Line(key, tuple(buckets), credits, unapplied)


def with_cash(rows: Iterable[tuple[Any, ...]], cash: Mapping[Any, int]) -> list[Line]:
    """Lines of (key, six buckets, credits) with unapplied cash beside; cash alone makes a line too.

    Lines without anything are left out.
    """
    rest = dict(cash)
    found = [Line(row[0], row[1:-1], row[-1], rest.pop(row[0], 0)) for row in rows if any(row[1:])]
    return found + [Line(key, _EMPTY, 0, amount) for key, amount in rest.items()]


def shares(buckets: Sequence[int]) -> list[float]:
    """Each bucket in per cent of them all, to one decimal; zeros when nothing is open."""
    whole = sum(buckets)
    return [round(1000 * amount / whole) / 10 if whole > 0 else 0.0 for amount in buckets]
