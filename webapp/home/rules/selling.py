"""Can so much be sold on credit now? Yes, yes with a deposit, or ask: why, and what would free most.

Source: DOMAIN "Risk" ("Can I sell 12 000 EUR now?") and "Ledger": what is delivered or ordered and not billed
yet counts as the company set it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from webapp.risk.rules import is_too_late

YES, DEPOSIT, ASK = "yes", "deposit", "ask"
COLLECT, SETTLE = "collect", "settle"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client stands. Cents: what it owes, what of deliveries and orders counts beside it; `limit` is
    what its limit allows today, None without one."""

    exposure: int
    orders: int = 0
    limit: int | None = None
    ended: bool = False
    insolvent: bool = False
    days_late: int | None = None
    max_days_late: int | None = None

    @property
    def left(self) -> int:
        """What may still be sold; below zero when more is out already than is allowed."""
        return (self.limit or 0) - self.exposure - self.orders


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, with the amount (cents) or the days that go with it."""

    code: str
    amount: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What frees credit: an overdue document to collect, or a dispute to settle; `amount` in cents."""

    kind: str
    id: uuid.UUID
    ref: str
    amount: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `deposit` is what must be paid before delivery. Reasons are never empty."""

    answer: str
    reasons: tuple[Reason, ...]
    deposit: int | None = None


def judge(amount: int, standing: Standing) -> Verdict:
    """May `amount` cents more be sold on credit? A deposit that covers all of it is no credit: ask."""
    stops = _stops(standing)
    if stops:
        return Verdict(ASK, tuple(stops))
    orders = (Reason("orders", amount=standing.orders),) if standing.orders else ()
    if amount <= standing.left:
        return Verdict(YES, (Reason("fits", amount=standing.left - amount), *orders))
    over = amount - standing.left
    return Verdict(DEPOSIT, (Reason("over", amount=over), *orders), deposit=over)


def _stops(standing: Standing) -> list[Reason]:
    """What no deposit makes good."""
    stops = []
    if standing.insolvent:
        stops.append(Reason("insolvent"))
    if standing.limit is None:
        stops.append(Reason("no_limit"))
    elif standing.ended:
        stops.append(Reason("limit_ended"))
    elif standing.left <= 0:
        stops.append(Reason("used_up", amount=-standing.left))
    if is_too_late(standing.days_late, standing.max_days_late):
        stops.append(Reason("too_late", days=standing.days_late))
    return stops


def best_act(candidates: list[Act]) -> Act | None:
    """The one that frees the most credit; None when there is nothing to do."""
    return max(candidates, key=lambda act: act.amount, default=None)


def is_enough(amount: int, standing: Standing, act: Act) -> bool:
    """Would the answer be yes once this is done? What is late stays late, unless nothing is left of it."""
    then = replace(standing, exposure=standing.exposure - act.amount)
    return judge(amount, then).answer == YES
