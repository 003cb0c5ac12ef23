"""Figures over many disputes: how many, how much, how long, how late, at what cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from webapp.disputes.rules import CREDITED, OPEN_STATES, cost_of_delay

# Days a dispute takes: up to each of these, then beyond the last.
BANDS = (7, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Fact:
    """One dispute as statistics see it; amounts in the company's currency. `credited` once settled."""

    reason: str
    department: str
    resolver: str | None
    state: str
    amount: int
    credited: int
    opened_on: date
    due_on: date
    closed_on: date | None
    invoice_due_on: date


@dataclass(slots=True)
class Tally:
    """Sums of one line: a reason, a resolver, a department, or everything."""

    key: str | None
    count: int = 0
    amount: int = 0
    open_count: int = 0
    open_amount: int = 0
    settled: int = 0
    days: int = 0
    late: int = 0
    credited: int = 0
    founded: int = 0
    cost: int = 0

    @property
    def mean_days(self) -> int | None:
        """Days from opening to settlement, on average; None when none is settled."""
        return round(self.days / self.settled) if self.settled else None

    @property
    def on_time(self) -> int | None:
        """Per cent of those settled by their day, or still within it."""
        return round(100 * (self.count - self.late) / self.count) if self.count else None

    @property
    def rightly(self) -> int | None:
        """Per cent of those settled that ended in a credit note: the client was right."""
        return round(100 * self.founded / self.settled) if self.settled else None

    def add(self, fact: Fact, today: date) -> None:
        """Count one more."""
        until = fact.closed_on or today
        self.count += 1
        self.amount += fact.amount
        self.cost += cost_of_delay(fact.amount, fact.opened_on, fact.invoice_due_on, until)
        self.late += until > fact.due_on
        if fact.state in OPEN_STATES:
            self.open_count += 1
            self.open_amount += fact.amount
            return
        self.settled += 1
        self.days += (until - fact.opened_on).days
        self.founded += fact.state in CREDITED
        self.credited += fact.credited


def band(fact: Fact, today: date) -> str:
    """How long it took, or takes so far, as the place of its band: `0` up to seven days, then on."""
    days = ((fact.closed_on or today) - fact.opened_on).days
    return str(sum(days > last for last in BANDS))


def tally(facts: Iterable[Fact], by: str, today: date) -> list[Tally]:
    """One line for each value of `by`, the largest amount first; delays in their order.

    `by` is `reason`, `department`, `resolver` or `delay`.
    """
    lines: dict[str | None, Tally] = {}
    for fact in facts:
        key = band(fact, today) if by == "delay" else getattr(fact, by)
        lines.setdefault(key, Tally(key)).add(fact, today)
    if by == "delay":
        return sorted(lines.values(), key=lambda line: line.key or "")
    return sorted(lines.values(), key=lambda line: (-line.amount, line.key or ""))


def total(facts: Iterable[Fact], today: date) -> Tally:
    """Everything in one line."""
    line = Tally(None)
    for fact in facts:
        line.add(fact, today)
    return line
