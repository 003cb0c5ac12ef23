"""Pure decisions about payments: why money comes back, what may be given up and by whom."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

METHODS = ("transfer", "direct_debit", "bill_of_exchange", "cheque", "card", "cash")
RETURN_REASONS = ("insufficient_funds", "account_closed", "opposition", "mandate", "error", "other")
WRITE_OFF_REASONS = (
    "difference",
    "discount",
    "bank_fees",
    "goodwill",
    "uncollectible",
    "insolvency",
    "other",
)
# Up to these amounts (cents of the company's currency) nobody else is asked. Both are settings.
WRITE_OFF_CAP = 5_000
TOLERANCE = 100


@dataclass(frozen=True)
class Share:
    """A part of a payment (or of a credit, `of_credit`) put on an invoice. Minor units."""

    source_id: uuid.UUID
    invoice_id: uuid.UUID
    amount: int
    of_credit: bool = False


def spread_over(
    sources: Sequence[tuple[uuid.UUID, int, bool]], invoices: Sequence[tuple[uuid.UUID, int]]
) -> list[Share]:
    """Put sources (id, left, of_credit) on invoices (id, open) in the given order, as far as they go."""
    shares: list[Share] = []
    rests = [amount for _id, amount, _credit in sources]
    position = 0
    for invoice_id, open_ in invoices:
        rest = open_
        while rest > 0 and position < len(sources):
            source_id, _left, of_credit = sources[position]
            part = min(rest, rests[position])
            if part > 0:
                shares.append(Share(source_id, invoice_id, part, of_credit))
            rest -= part
            rests[position] -= part
            position += rests[position] == 0
    return shares


def needs_approval(value: int, cap: int) -> bool:
    """A write-off above the cap (cents, company currency) waits for a second person."""
    return value > cap
