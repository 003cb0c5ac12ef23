"""Pure decisions about visits: what a report holds, how facts fade, what a signature stands for.

A fact has a weight (whole points, from -10 for good news to 10 for the gravest) and a last day. It counts
in full until that day, then fades over `FADE_DAYS` unless somebody confirms it. Sources: DOMAIN "Risk"
(field signals count 10 points of the score, free text never does), "Limitation" (C. civ. 1376, 2240).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

OUTCOMES = ("good", "mixed", "bad")
STANDING, FADING, GONE, ENDED, REPLACED = "standing", "fading", "gone", "ended", "replaced"
STATES = (STANDING, FADING, GONE, ENDED, REPLACED)
SEEN = (STANDING, FADING)  # what a sheet still shows
LONGEST_NOTE, LONGEST_NAME, LONGEST_DETAIL, LONGEST_LABEL = 5_000, 120, 300, 60
MOST_FILES, MOST_FACTS = 10, 20
HEAVIEST, LONGEST_DAYS, FADE_DAYS = 10, 730, 30
MOST_KINDS = 40
OLDEST = timedelta(days=366)
STAMP_SETTING = "visit_stamp"  # of the company: may people say "I am at this client"? Off by default (CNIL)


@dataclass(frozen=True, slots=True)
class FactKind:
    """What may be seen at a client's, what it weighs, for how many days it holds.

    `label` is the company's own name for it; without one the product's words are used.
    """

    code: str
    weight: int
    days: int
    label: str | None = None
    used: bool = True


STANDARD = (
    FactKind("cash_tension", 6, 90),
    FactKind("manager_change", 3, 180),
    FactKind("stock_high", 2, 60),
    FactKind("works_stopped", 5, 90),
    FactKind("new_competitor", 3, 180),
    FactKind("insolvency_rumour", 10, 60),
    FactKind("good_news", -4, 90),
)


def merge_kinds(changed: Iterable[FactKind]) -> list[FactKind]:
    """The product's kinds as the company changed them, then its own."""
    by_code = {each.code: each for each in changed}
    standard = [by_code.pop(each.code, each) for each in STANDARD]
    return standard + list(by_code.values())


def tone_of(weight: int) -> str:
    """How a fact of that weight looks: `ok`, `brand` (neither), `warn` or `bad`."""
    if weight < 0:
        return "ok"
    if weight >= 6:
        return "bad"
    return "warn" if weight else "brand"


def last_day(seen_on: date, days: int) -> date:
    """The last day on which a fact seen, or confirmed, that day counts in full."""
    return seen_on + timedelta(days=days)


def state_of(expires_on: date, day: date, *, ended: bool = False, replaced: bool = False) -> str:
    """Which of STATES a fact is in on that day."""
    if ended:
        return ENDED
    if replaced:
        return REPLACED
    if day <= expires_on:
        return STANDING
    return FADING if day < expires_on + timedelta(days=FADE_DAYS) else GONE


def strength(weight: int, expires_on: date, day: date) -> int:
    """What is left of a fact's weight: all of it until its last day, nothing FADE_DAYS later.

    Whole points, rounded half away from zero.
    """
    left = FADE_DAYS - max((day - expires_on).days, 0)
    if left <= 0:
        return 0
    points = (2 * abs(weight) * left + FADE_DAYS) // (2 * FADE_DAYS)
    return points if weight >= 0 else -points


def not_later(said: datetime | None, now: datetime) -> datetime:
    """When a visit was: as the phone says, but never after now, for its clock may be fast."""
    return now if said is None or said > now else said.astimezone(UTC)


def too_old(said: datetime | None, now: datetime) -> bool:
    """Nobody reports on a visit of more than a year ago: a clock is wrong."""
    return said is not None and said < now - OLDEST


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody signed: an acknowledgement of debt. `signed_at` in UTC, `signature` its SHA-256."""

    id: uuid.UUID
    creditor: str
    creditor_siren: str
    debtor: str
    debtor_siren: str
    amount: int
    currency: str
    words: str
    signatory: str
    capacity: str
    signed_at: datetime
    signature: str


def digest_of(deed: Deed) -> str:
    """SHA-256 over what was signed, a field a line, so that anyone can compute it again from the paper."""
    stamp = deed.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = (
        deed.id, deed.creditor, deed.creditor_siren, deed.debtor, deed.debtor_siren, deed.amount,
        deed.currency, deed.words, deed.signatory, deed.capacity, stamp, deed.signature,
    )  # fmt: skip
    return hashlib.sha256("\n".join(map(str, fields)).encode()).hexdigest()
