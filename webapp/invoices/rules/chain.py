"""From the quote to the money: do the amounts agree, and how long did each step take?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Billed:
    """A document of an order: signed amount, what is still open of it (minor units), its days."""

    amount: int
    open: int
    issued_on: date
    paid_on: date | None


@dataclass(frozen=True)
class Step:
    """One step: `quoted`, `ordered`, `delivered`, `billed` or `paid`.

    `difference` is to the step before, `days` since its first day; both None for the first step.
    """

    name: str
    amount: int
    on: date | None
    difference: int | None = None
    days: int | None = None


def steps(
    quote: tuple[int, date] | None,
    order: tuple[int, date] | None,
    invoices: Sequence[Billed],
    delivered: Sequence[tuple[int, date]] = (),
) -> list[Step]:
    """The steps that were taken, with what changed between them. Pairs are (amount, day).

    Delivery starts with the first note. Billing starts with the first document and counts all of them,
    credit notes taken off; payment ends with the last cent, so its day is known only when nothing is open.
    """
    found: list[Step] = []

    def add(name: str, amount: int, on: date | None) -> None:
        before = found[-1] if found else None
        since = (on - before.on).days if before and before.on and on else None
        found.append(Step(name, amount, on, amount - before.amount if before else None, since))

    if quote:
        add("quoted", *quote)
    if order:
        add("ordered", *order)
    if delivered:
        add("delivered", sum(amount for amount, _on in delivered), min(on for _amount, on in delivered))
    if invoices:
        billed = sum(each.amount for each in invoices)
        add("billed", billed, min(each.issued_on for each in invoices))
        owed = [each for each in invoices if each.amount > 0]
        left = sum(each.open for each in owed)
        days = [each.paid_on for each in owed if each.paid_on]
        if billed != left or not left:
            add("paid", billed - left, max(days, default=None) if not left else None)
    return found
