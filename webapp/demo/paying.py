"""When and how much a client pays of an invoice, by behaviour. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from webapp.demo.companies import Company


@dataclass(slots=True)
class Plan:
    """What came in for one invoice, until yesterday: (day, cents), oldest first."""

    payments: list[tuple[date, int]] = field(default_factory=list)
    disputed: bool = False


# Public holidays on a fixed day: nobody invoices, pays or writes.
HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def next_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_days_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def plan_payments(
    rng: random.Random,
    company: Company,
    issued_on: date,
    parts: tuple[tuple[date, int], ...],
    day: date,
) -> Plan:
    """How this client settles an invoice with these instalments, as known on `day`."""
    plan = Plan(disputed=company.behaviour == "disputing" and rng.random() < 0.2)
    for due_on, amount in parts:
        for paid_on, share in _moves(rng, company, due_on, amount, plan.disputed, day):
            paid_on = next_working_day(max(paid_on, issued_on + timedelta(days=2)))
            if paid_on < day and _pays(company, paid_on, day, rng):
                plan.payments.append((paid_on, share))
    plan.payments.sort()
    return plan


def _moves(
    rng: random.Random, company: Company, due_on: date, amount: int, disputed: bool, day: date
) -> list[tuple[date, int]]:
    """Intended payments of one instalment, before anything stops them."""
    if disputed:
        held = due_on + timedelta(days=rng.randint(55, 140))
        if rng.random() < 0.45:
            first = amount * rng.randint(55, 85) // 100
            return [(due_on + timedelta(days=rng.randint(3, 15)), first), (held, amount - first)]
        return [(held, amount)]
    paid_on = due_on + timedelta(days=_delay(rng, company, due_on, day))
    if company.behaviour != "punctual" and amount > 150_000 and rng.random() < 0.06:
        first = amount * rng.randint(30, 70) // 100
        return [(paid_on, first), (paid_on + timedelta(days=rng.randint(15, 40)), amount - first)]
    return [(paid_on, amount)]


def _delay(rng: random.Random, company: Company, due_on: date, day: date) -> int:
    if company.behaviour == "punctual":
        return min(max(round(rng.gauss(-1, 3)), -9), 6)
    if company.behaviour == "late":
        return max(round(rng.gauss(company.habit, 6)), 1)
    if company.behaviour == "disputing":
        return max(round(rng.gauss(company.habit, 5)), -3)
    # Sinking: on time a year and a half ago, a little later every month since.
    progress = 1 - min(max((day - due_on).days, 0), 540) / 540
    return round(company.habit + company.slide * progress**2 + rng.gauss(0, 4))


def _pays(company: Company, paid_on: date, day: date, rng: random.Random) -> bool:
    """Once a client has stopped, hardly anything comes in any more."""
    if company.stopped is None or paid_on < day - timedelta(days=company.stopped):
        return True
    return company.insolvency is None and rng.random() < 0.06
