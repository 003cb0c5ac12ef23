"""How a client is used to paying, learnt from what was matched before. Pure.

Only plain shares and medians, so that a person can check them against the account: whole days or
months at once, the oldest first, how long after the invoice, which discount or fee is held back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

FEW = 3  # fewer cases are no habit
USUAL = 0.8
SPREAD = 5  # days a usual delay may differ by at least


@dataclass(frozen=True, slots=True)
class Settled:
    """A payment matched before: when it came, and the days of issue of what it settled."""

    received_on: date
    issued: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """What was given up on a document: `discount` or `bank_fees`, minor units, of a gross amount."""

    reason: str
    amount: int
    gross: int


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual; empty for a client nobody knows. Rates in thousandths, delays in days of issue."""

    whole_days: bool = False
    whole_months: bool = False
    oldest_first: bool = False
    delay: int | None = None
    spread: int = SPREAD
    discounts: tuple[int, ...] = ()
    fees: tuple[int, ...] = ()
    known: int = 0

    def on_time(self, days: int) -> bool | None:
        """Is that the usual delay, far from it, or (None) neither or unknown?"""
        if self.delay is None:
            return None
        off = abs(days - self.delay)
        return True if off <= self.spread else False if off > 4 * self.spread else None


def learn(past: Sequence[Settled], withheld: Sequence[Withheld] = ()) -> Habits:
    """The habits that payments matched before show, and what was given up on their documents."""
    rows = sorted((row for row in past if row.issued), key=lambda row: (row.received_on, min(row.issued)))
    delays = sorted((row.received_on - max(row.issued)).days for row in rows)
    delay = round(median(delays)) if len(delays) >= FEW else None
    spread = round(2 * median(abs(each - delay) for each in delays)) if delay is not None else 0
    rates, fees = _withheld(withheld)
    return Habits(
        whole_days=_whole(rows, lambda day: day),
        whole_months=_whole(rows, lambda day: (day.year, day.month)),
        oldest_first=_oldest_first(rows),
        delay=delay,
        spread=max(spread, SPREAD),
        discounts=rates,
        fees=fees,
        known=len(rows),
    )


def _whole(rows: Sequence[Settled], period: Callable[[date], Hashable]) -> bool:
    """Are periods with several invoices nearly always settled by one payment?"""
    payers: dict[Hashable, set[int]] = defaultdict(set)
    sizes: Counter[Hashable] = Counter()
    for number, row in enumerate(rows):
        for day in row.issued:
            payers[period(day)].add(number)
            sizes[period(day)] += 1
    several = [key for key, size in sizes.items() if size > 1]
    once = sum(len(payers[key]) == 1 for key in several)
    return len(several) >= FEW - 1 and once >= USUAL * len(several)


def _oldest_first(rows: Sequence[Settled]) -> bool:
    """Does each payment begin where the one before it began, or later?"""
    starts = [min(row.issued) for row in rows]
    steps = list(pairwise(starts))
    forward = sum(before <= after for before, after in steps)
    return len(steps) >= FEW and forward >= USUAL * len(steps)


def _withheld(rows: Sequence[Withheld]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Discounts (thousandths) and fees (minor units) that came at least twice."""
    rates: Counter[int] = Counter()
    fees: Counter[int] = Counter()
    for row in rows:
        if row.reason == "bank_fees":
            fees[row.amount] += 1
        elif row.reason == "discount" and row.gross:
            rates[round(1000 * row.amount / row.gross)] += 1
    return _twice(rates), _twice(fees)


def _twice(counted: Counter[int]) -> tuple[int, ...]:
    return tuple(sorted(value for value, count in counted.items() if count >= 2 and value > 0))
