"""Pure decisions about limits: use, levels passed, what raises an alert, what is covered, who sets how much.

Sources: DOMAIN "Risk" (levels 50, 70, 90 and 100 %, five points of hysteresis, delay tolerated, a limit or
guarantee about to end) and DECISIONS "Alerts" (exact comparisons, one alert for one change, no alert without
a limit).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

LEVELS = (50, 70, 90)
BREACH = 100
HYSTERESIS = 5
# What stands for a percentage when there is nothing to divide by: a limit of 0, exceeded.
BEYOND_MEASURE = 999

LIMIT_WARNING, LIMIT_BREACH, DELAY_BREACH = "limit_warning", "limit_breach", "delay_breach"
LIMIT_ENDING, GUARANTEE_ENDING = "limit_ending", "guarantee_ending"
BREACHES = frozenset({LIMIT_BREACH, DELAY_BREACH})
ENDINGS = frozenset({LIMIT_ENDING, GUARANTEE_ENDING})
DAYS_AHEAD = (30, 7, 1)  # how long before its last day something about to end is said to be
GRAVE, WARNING, NOTICE = 3, 2, 1
DELAY = (DELAY_BREACH, BREACH)

LONGEST_SNOOZE = 30  # days
ANSWERED_WITHIN = timedelta(hours=20)  # a grave alert; looked at late in the afternoon of working days

SOURCES = ("internal", "insurer", "temporary")
INSURER = "insurer"
GUARANTEE_KINDS = (INSURER, "bank", "surety", "deposit", "other")
LONGEST_DELAY = 3650
# Largest limit, in cents of the company's currency, that each role sets alone (DOMAIN "Risk").
AUTHORITY: dict[str, int | None] = {"credit_manager": 10_000_000, "cfo": None, "system": None}

Level = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Cap:
    """What is tolerated today: an amount of cents, and days past due (None: any delay)."""

    amount: int
    max_days_late: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What one look at a client changes.

    `raised` are the (kind, level) pairs to alert of: the highest level newly crossed, lateness newly
    beyond what is tolerated, the nearest of the endings newly within reach. `newly_passed` and `cleared`
    are pairs to remember and to forget.
    """

    raised: tuple[Level, ...] = ()
    newly_passed: frozenset[Level] = frozenset()
    cleared: frozenset[Level] = frozenset()


def utilisation(exposure: int, limit: int | None) -> int | None:
    """Exposure in whole per cent of the limit, rounded down; None without a limit.

    Rounded down so that it reaches a level exactly when the level is passed. A credit balance
    uses nothing. DOMAIN "Risk": utilisation = exposure / limit.
    """
    if limit is None:
        return None
    if exposure <= 0:
        return 0
    return exposure * 100 // limit if limit > 0 else BEYOND_MEASURE


def is_breach(exposure: int, limit: int | None) -> bool:
    """Strictly more than the limit; a limit of 0 is exceeded by any exposure (DECISIONS "Alerts")."""
    return limit is not None and exposure > limit


def available(exposure: int, limit: int | None) -> int | None:
    """What can still be sold on credit, negative in a breach; None without a limit."""
    return None if limit is None else limit - exposure


def kind_of(level: int) -> str:
    """`limit_breach` at 100, `limit_warning` under it (CONTRACT, alert)."""
    return LIMIT_BREACH if level >= BREACH else LIMIT_WARNING


def severity(kind: str, level: int) -> int:
    """3 for a breach, 2 from 90 % or within a week of an ending, 1 below: the order in which alerts are
    answered."""
    if kind in BREACHES:
        return GRAVE
    if kind in ENDINGS:
        return WARNING if level <= 7 else NOTICE
    return WARNING if level >= 90 else NOTICE


def levels_crossed(exposure: int, limit: int | None) -> frozenset[int]:
    """Levels at or above which the exposure stands, compared exactly (DECISIONS "Alerts").

    Warnings are `utilisation >= level`, the breach is `exposure > limit`.
    """
    if limit is None or exposure <= 0:
        return frozenset()
    warned = {level for level in LEVELS if exposure * 100 >= limit * level}
    return frozenset(warned | ({BREACH} if exposure > limit else set()))


def is_forgotten(level: int, exposure: int, limit: int | None) -> bool:
    """Has utilisation fallen five points below the level (DOMAIN "Risk")? Without limit, always."""
    return limit is None or exposure <= 0 or exposure * 100 <= limit * (level - HYSTERESIS)


def is_too_late(days_overdue: int | None, max_days_late: int | None) -> bool:
    """Is the oldest overdue item later than tolerated (DOMAIN "Risk", delay)?"""
    return max_days_late is not None and days_overdue is not None and days_overdue > max_days_late


def endings_reached(kind: str, starts_on: date | None, ends_on: date | None, today: date) -> frozenset[Level]:
    """Warnings due before the last day `ends_on`: 30, 7 and 1 day ahead, none once it has passed.

    What lasts no longer than a warning's days is not warned of so early: whoever gave three weeks knows.
    """
    if ends_on is None or today > ends_on:
        return frozenset()
    left = (ends_on - today).days
    lasts = (ends_on - starts_on).days if starts_on is not None else None
    return frozenset((kind, days) for days in DAYS_AHEAD if left <= days and (lasts is None or days < lasts))


def evaluate(
    exposure: int,
    cap: Cap | None,
    days_overdue: int | None,
    passed: Iterable[Level],
    endings: frozenset[Level] = frozenset(),
) -> Decision:
    """What changes for a client, given the levels it is known to have passed.

    One change raises only the highest level newly crossed; the lower ones count as passed. A
    level is raised again only after it was forgotten (DECISIONS "Alerts").
    """
    known = frozenset(passed)
    limit = cap.amount if cap else None
    late = is_too_late(days_overdue, cap.max_days_late if cap else None)
    crossed = {(kind_of(level), level) for level in levels_crossed(exposure, limit)}
    stands = crossed | endings | ({DELAY} if late else set())
    fresh = frozenset(stands - known)
    cleared = {
        (kind, level)
        for kind, level in known - stands
        if kind in ENDINGS or kind == DELAY_BREACH or is_forgotten(level, exposure, limit)
    }
    return Decision(tuple(_worth_saying(fresh)), fresh, frozenset(cleared))


def _worth_saying(fresh: frozenset[Level]) -> Iterator[Level]:
    """Of what is new: the highest level of use, the delay, the nearest ending of each kind."""
    used = [(level, kind) for kind, level in fresh if kind in (LIMIT_WARNING, LIMIT_BREACH)]
    if used:
        level, kind = max(used)
        yield kind, level
    if DELAY in fresh:
        yield DELAY
    for ending in sorted(ENDINGS):
        days = [level for kind, level in fresh if kind == ending]
        if days:
            yield ending, min(days)


def covered(amount: int, share: int) -> int:
    """Cents that a guarantee pays: `share` per cent of what was agreed, rounded down."""
    return amount * share // 100


def unsecured(exposure: int, cover: int) -> int:
    """What nobody else would pay, in cents (DOMAIN "Risk"); not below zero."""
    return max(exposure - cover, 0)


def in_force(amount: int, ends_on: date | None, today: date) -> int:
    """The amount a limit allows today: past its last day it allows nothing more.

    DOMAIN is silent; credit managers treat what an ended limit covered as no longer authorised.
    """
    return amount if ends_on is None or today <= ends_on else 0


def days_overdue(overdue_since: date | None, today: date) -> int | None:
    """Days since the oldest open item fell due; None when nothing is overdue."""
    return (today - overdue_since).days if overdue_since is not None else None


def amount_judged(amount: int, current: int | None, exposure: int, cover: int = 0) -> int:
    """The amount that decides who may set a limit (DOMAIN "Risk", tiers), less what guarantees pay.

    A raise is judged on what is already out as well: `max(requested, exposure)`. A first limit
    or a cut only lowers the risk, so it is judged on itself.
    """
    judged = max(amount, exposure) if current is not None and amount > current else amount
    return unsecured(judged, cover)


def within_authority(role: str, amount: int) -> bool:
    """May this role set a limit judged on `amount` alone?"""
    if role not in AUTHORITY:
        return False
    ceiling = AUTHORITY[role]
    return ceiling is None or amount <= ceiling
