"""How a client pays, from sums over its invoices. Pure; amounts in cents of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

RECENT, BEFORE = timedelta(days=91), timedelta(days=365)
FUNDABLE_DAYS = 30  # unless the company says otherwise


@dataclass(frozen=True, slots=True)
class Lateness:
    """Paid invoices added up: `days` is the sum of cents times days late, `weight` the sum of cents."""

    days: int = 0
    weight: int = 0

    @property
    def mean(self) -> float | None:
        """Days late on average, weighted by amount; None when nothing was paid."""
        return self.days / self.weight if self.weight else None


def trend(recent: Lateness, before: Lateness) -> int | None:
    """By how many days the last three months are later (+) or earlier (-) than the twelve before.

    None when one of the two has no payment. AFDCC reads a worsening delay before the delay itself.
    """
    if recent.mean is None or before.mean is None:
        return None
    return round(recent.mean - before.mean)


def fundable(
    parts: Iterable[tuple[date, int]], credits: int, day: date, days: int, *, insolvent: bool
) -> int:
    """What a factor or a bank would lend on (encours finançable), never below zero.

    `parts` are (due date, open cents) of undisputed invoices, deposits left out: an advance is no
    delivered claim. Those late by more than `days` are out, credits and cash not allocated come off,
    and nothing of an insolvent client counts.
    """
    if insolvent:
        return 0
    good = sum(cents for due_on, cents in parts if (day - due_on).days <= days)
    return max(good - max(credits, 0), 0)
