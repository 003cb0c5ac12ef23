"""What the matching looks at, and what it says: plain values, minor units of one currency."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from webapp.payments.rules import Share

Value = str | int | date | list[str]
SURE = 90  # from this confidence on, and without any doubt, a proposal may be accepted in bulk
WEAK = 50  # below it, a proposal is only a place to start from


@dataclass(frozen=True, slots=True)
class Item:
    """An open document of the client. `parts` are its open instalments, earliest due first."""

    id: uuid.UUID
    ref: str
    open: int
    issued_on: date
    due_on: date
    sign: int = 1
    parts: tuple[int, ...] = ()

    @property
    def age_key(self) -> tuple[date, str]:
        """Oldest first, by day of issue, then by number."""
        return self.issued_on, self.ref


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that settles nothing yet: `amount` is what is left of it."""

    id: uuid.UUID
    amount: int
    received_on: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Money the bank took back: what it had settled is open again."""

    amount: int
    returned_on: date
    item_ids: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Reason:
    """One visible rule that spoke: `points` are added to the confidence; a doubt forbids `sure`."""

    code: str
    points: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a payment may settle, and why.

    `gap` is what the documents exceed the money by; `write_off` names the reason under which that
    much is given up (None: it stays open). A negative gap stays on the client as unapplied cash.
    """

    kind: str
    items: tuple[Item, ...]
    credits: tuple[Item, ...]
    receipts: tuple[Receipt, ...]
    shares: tuple[Share, ...]
    gap: int
    write_off: str | None
    reasons: tuple[Reason, ...]

    @property
    def confidence(self) -> int:
        """The points of its reasons, between 1 and 99."""
        return min(max(sum(reason.points for reason in self.reasons), 1), 99)

    @property
    def doubts(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.doubt)

    @property
    def sure(self) -> bool:
        """May it be accepted without being looked at?"""
        return self.confidence >= SURE and not self.doubts

    @property
    def weak(self) -> bool:
        """Is it only a place to start from?"""
        return self.confidence < WEAK

    @property
    def key(self) -> str:
        """The same documents settled from the same money to the same amounts: the same key."""
        return key_of(self.shares, self.write_off)


def key_of(shares: Sequence[Share], write_off: str | None) -> str:
    """A stable name of what a proposal would do."""
    parts = sorted(f"{each.source_id}>{each.invoice_id}={each.amount}" for each in shares)
    return hashlib.sha256("|".join([*parts, write_off or ""]).encode()).hexdigest()[:32]
