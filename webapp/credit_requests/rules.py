"""Pure decisions about requests for a credit note."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ASKED, GRANTED, DECLINED = "asked", "granted", "declined"
STATES = (ASKED, GRANTED, DECLINED)
LONGEST_REASON = 500
LONGEST_REF = 64


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit note put on an invoice: how much of it, since when."""

    credit_id: uuid.UUID
    amount: int
    put_at: datetime


def settled_by(amount: int, asked_at: datetime, credits: Iterable[Credited]) -> Credited | None:
    """The credit note that gives what was asked: of that amount exactly, put on the invoice since. One of
    another amount answers another question."""
    return next((each for each in credits if each.amount == amount and each.put_at >= asked_at), None)
