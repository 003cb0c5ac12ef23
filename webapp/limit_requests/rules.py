"""Pure decisions about limit requests: who may decide how much, when a second person is needed.

Sources: DOMAIN "Risk" (tiers, nobody approves their own) and DECISIONS "Alerts" (what a request is judged
on, a second pair of eyes above 50 000 EUR, signing in again above 20 000 EUR).
"""

from __future__ import annotations

from datetime import date, timedelta

from webapp.risk.rules import AUTHORITY, unsecured

OPEN, RETURNED = "open", "returned"
APPROVED, REJECTED, WITHDRAWN, EXPIRED = "approved", "rejected", "withdrawn", "expired"
STATES = (OPEN, RETURNED, APPROVED, REJECTED, WITHDRAWN, EXPIRED)
CLOSED = frozenset({APPROVED, REJECTED, WITHDRAWN, EXPIRED})

APPROVE, REJECT, ASK, PASS_ON = "approve", "reject", "ask", "pass_on"
DECISIONS = (APPROVE, REJECT, ASK, PASS_ON)
ANSWER, SECOND, SUBMIT, WITHDRAW = "answer", "second", "submit", "withdraw"
ESCALATE, EXPIRE = "escalate", "expire"  # by the product, when nobody answers
RECORD = "record"  # by the worker: what was decided is on paper

# What each role decides alone, in cents of the company's currency, the lowest first.
TIERS: dict[str, int | None] = {
    "branch_manager": 2_000_000,
    "credit_manager": AUTHORITY["credit_manager"],
    "cfo": AUTHORITY["cfo"],
}
SECOND_ABOVE, PROVE_ABOVE = 5_000_000, 2_000_000
LONGEST_DELEGATION = 366  # days
EVIDENCE = ("visit", "promise", "dispute")
ANSWER_DAYS, LIFE_DAYS = 2, 30  # working days until the role above is asked; days until it ends unanswered
LONGEST_TEXT = 2_000
ROUND, SHORTEST_DAYS = 100_000, 14  # of what is offered to grant: cents, days
MOST_EVIDENCE = 20


def judged_on(amount: int, exposure: int, cover: int = 0) -> int:
    """The amount that says who decides: what is asked, or what is out already when that is more, less what
    guarantees pay (DOMAIN "Risk", tiers)."""
    return unsecured(max(amount, exposure), cover)


def is_within(role: str, judged: int) -> bool:
    """May this role decide so much? The product itself, for commands and imports, may."""
    if role == "system":
        return True
    if role not in TIERS:
        return False
    ceiling = TIERS[role]
    return ceiling is None or judged <= ceiling


def deciders(judged: int) -> tuple[str, ...]:
    """Roles that may decide so much, the lowest first."""
    return tuple(role for role in TIERS if is_within(role, judged))


def above(role: str, judged: int) -> str | None:
    """To whom a request goes that `role` does not decide; None when nobody stands above."""
    roles = list(TIERS)
    higher = roles[roles.index(role) + 1 :] if role in roles else roles
    return next((each for each in higher if is_within(each, judged)), None)


def answer_day(day: date) -> date:
    """The day by which a request that starts to wait on `day` is answered: two working days later, Monday to
    Friday (DOMAIN: a request unanswered past its deadline escalates)."""
    left, found = ANSWER_DAYS, day
    while left:
        found += timedelta(days=1)
        left -= found.weekday() < 5
    return found


def needs_second(judged: int) -> bool:
    """Does it take two people?"""
    return judged > SECOND_ABOVE


def needs_proof(judged: int) -> bool:
    """Must who decides show once more who they are?"""
    return judged > PROVE_ABOVE


def amounts_to_grant(asked: int, out: int, limit: int) -> tuple[int, ...]:
    """Amounts offered to who decides, what was asked last: before it the least round one that still covers
    what is out and ordered, when that is less than asked and more than the limit of today. Cents."""
    step = ROUND if out >= 10 * ROUND else ROUND // 10
    least = -(-out // step) * step
    return (least, asked) if limit < least < asked else (asked,)


def ends_to_grant(asked: date | None, day: date) -> tuple[date | None, ...]:
    """Ends offered, what was asked last (None: no end): before it the next two ends of a quarter that leave
    the client a while."""
    first = day + timedelta(days=SHORTEST_DAYS)
    quarters = [quarter_end(first), quarter_end(quarter_end(first) + timedelta(days=1))]
    return (*(each for each in quarters if asked is None or each < asked), asked)


def quarter_end(day: date) -> date:
    """The last day of its calendar quarter."""
    month = (day.month + 2) // 3 * 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
