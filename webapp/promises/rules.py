"""Pure decisions about promises: which money counts for which, and what that makes of each.

A promise on an invoice is kept by payments put on that invoice; a promise of a client by whatever it
pays. No euro counts twice: promises of invoices are served first, the earliest day first. Only money that
came in from the day it was promised, and was recorded after that, counts. Sources: DOMAIN (a credit note
keeps no promise); AFDCC: a promise is judged on the day that was promised, what comes later is late.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from webapp.core.money import convert

OPEN, KEPT, PARTLY, BROKEN, LAPSED = "open", "kept", "partly", "broken", "lapsed"
CANCELLED, REPLACED = "cancelled", "replaced"
STATES = (OPEN, KEPT, PARTLY, BROKEN, LAPSED, CANCELLED, REPLACED)
WITHDRAWN = frozenset({CANCELLED, REPLACED})
MISSED = frozenset({PARTLY, BROKEN})
JUDGED = MISSED | {KEPT}
FILTERS = ("open", "missed", "kept", "all")  # how lists are narrowed
LONGEST_NOTE, LONGEST_NAME = 1_000, 120
FURTHEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as it is judged. `owed` is what is still open on its invoice, None for a client's."""

    id: uuid.UUID
    invoice_id: uuid.UUID | None
    amount: int
    taken_on: date
    taken_at: datetime
    promised_on: date
    owed: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money in: a part of a payment put on an invoice, or what is left of one (`invoice_id` None)."""

    invoice_id: uuid.UUID | None
    amount: int
    rate: int
    received_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came in for a promise, and in time; the day it was fulfilled, if it was."""

    received: int = 0
    in_time: int = 0
    fulfilled_on: date | None = None
    needless: bool = False  # nothing was left to pay, and no money made it so


@dataclass(slots=True)
class _Left:
    receipt: Receipt
    amount: int


def share_out(promises: Sequence[Promised], receipts: Iterable[Receipt]) -> dict[uuid.UUID, Outcome]:
    """What a client's receipts make of each of its promises."""
    ordered = sorted(receipts, key=lambda each: (each.received_on, each.recorded_at))
    left = [_Left(each, each.amount) for each in ordered]
    earliest = sorted(promises, key=lambda each: (each.promised_on, each.taken_at))
    outcomes = {}
    for each in earliest:
        if each.invoice_id is not None:
            own = [part for part in left if part.receipt.invoice_id == each.invoice_id]
            outcomes[each.id] = _fill(each, own)
    for part in left:  # from here in the company's currency, as a client's promises are
        part.amount = convert(part.amount, part.receipt.rate)
    for each in earliest:
        if each.invoice_id is None:
            outcomes[each.id] = _fill(each, left)
    return outcomes


def _fill(promise: Promised, left: Iterable[_Left]) -> Outcome:
    received = in_time = 0
    last: date | None = None
    for part in left:
        receipt = part.receipt
        counts = receipt.received_on >= promise.taken_on and receipt.recorded_at >= promise.taken_at
        taken = min(part.amount, promise.amount - received) if counts else 0
        if taken:
            part.amount -= taken
            received += taken
            in_time += taken if receipt.received_on <= promise.promised_on else 0
            last = receipt.received_on
    settled = promise.owed == 0
    fulfilled = received == promise.amount or (settled and received > 0)
    return Outcome(received, in_time, last if fulfilled else None, settled and received == 0)


def state_of(promise: Promised, outcome: Outcome, day: date) -> str:
    """`kept` from the moment the money is there in time; nothing is missed before the day has passed."""
    if outcome.needless:
        return LAPSED
    if outcome.fulfilled_on is not None and outcome.fulfilled_on <= promise.promised_on:
        return KEPT
    if day <= promise.promised_on:
        return OPEN
    return PARTLY if outcome.in_time else BROKEN


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises were judged, and how many of them were kept."""

    kept: int = 0
    judged: int = 0

    @property
    def share(self) -> int | None:
        """Whole per cent; None before any was judged."""
        return round(self.kept * 100 / self.judged) if self.judged else None


def day_fault(promised_on: date, day: date) -> str | None:
    """Why nothing can be promised for that day: `past` or `far`; None when it can."""
    if promised_on < day:
        return "past"
    return "far" if (promised_on - day).days > FURTHEST_DAYS else None
