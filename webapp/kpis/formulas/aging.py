"""The aged balance (balance âgée): what is open, by how many days it is late.

Source: DOMAIN "Ledger rules" and "Formulas"; credits and unapplied cash stand in columns of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

BY = ("client", "rep", "branch")
BASES = ("due", "issue")
# Columns a list is sorted by, beside its buckets `b0` to `b5`.
FIGURES = ("total", "overdue", "credits", "unapplied")
_EMPTY = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Line:
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

    def figure(self, name: str) -> int:
        """The amount of a column by its name: `b0` to `b5`, or one of FIGURES."""
        if name[:1] == "b" and name[1:].isdigit():
            return self.buckets[int(name[1:])]
        amount: int = getattr(self, name)
        return amount


def edges(day: date, bounds: Sequence[int]) -> tuple[date, ...]:
    """The first date of each bucket but the last, from not due on: what is dated then or later is in it."""
    return (day, *(day - timedelta(days=bound) for bound in bounds))


def ages(bounds: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """First and last day late of each bucket; None where it has no end."""
    starts = [None, 1, *(bound + 1 for bound in bounds)]
    return list(zip(starts, [0, *bounds, None], strict=True))


def rolled_up(lines: Iterable[Line], group_of: Callable[[Any], Any]) -> list[Line]:
    """Lines added up by what `group_of` makes of their key."""
    sums: dict[Any, list[int]] = {}
    for line in lines:
        held = sums.setdefault(group_of(line.key), [0] * (len(line.buckets) + 2))
        for place, amount in enumerate((*line.buckets, line.credits, line.unapplied)):
            held[place] += amount
    return [Line(key, tuple(held[:-2]), held[-2], held[-1]) for key, held in sums.items()]


def total_of(lines: Iterable[Line]) -> Line:
    """All lines as one; a line of zeros when there are none."""
    found = rolled_up(lines, lambda _key: None)
    return found[0] if found else Line(None, _EMPTY)


def with_cash(lines: Iterable[Line], cash: Mapping[Any, int]) -> list[Line]:
    """Lines with unapplied cash beside what is open; cash alone makes a line too. Empty ones go."""
    rest = dict(cash)
    found = [Line(line.key, line.buckets, line.credits, rest.pop(line.key, 0)) for line in lines]
    found += [Line(key, _EMPTY, 0, amount) for key, amount in rest.items()]
    return [line for line in found if line.unapplied or line.credits or any(line.buckets)]


def shares(buckets: Sequence[int]) -> list[float]:
    """Each bucket in per cent of them all, to one decimal; zeros when nothing is open."""
    whole = sum(buckets)
    return [round(1000 * amount / whole) / 10 if whole > 0 else 0.0 for amount in buckets]
