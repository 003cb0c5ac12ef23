"""What may lie between the documents and the money: nothing, a credit note, cents, a discount, a fee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.payments.rules.evidence import Item
from webapp.payments.rules.habits import Habits
from webapp.payments.rules.sums import small_sums

MOST_CREDITS = 12
USUAL_DISCOUNTS = (20, 30, 10)  # thousandths, tried when the client has no habit of its own
EXACT = ("none", "credits")


@dataclass(frozen=True, slots=True)
class Gap:
    """Why `documents - money = size`. `credits` are used up; `write_off` names what is given up."""

    kind: str  # none, credits, tolerance, fees, discount, usual_discount
    size: int = 0
    credits: tuple[Item, ...] = ()
    write_off: str | None = None
    rate: int = 0


class Gaps:
    """Explains a total of documents for one payment, in constant time."""

    def __init__(
        self, amount: int, credits: Sequence[Item], habits: Habits, tolerance: int, cap: int
    ) -> None:
        self.amount, self.habits, self.tolerance, self.cap = amount, habits, tolerance, cap
        few = sorted(credits, key=lambda item: item.age_key)[-MOST_CREDITS:]
        sums = small_sums([item.open for item in few], 2)
        self.credits = {total: tuple(few[place] for place in places) for total, places in sums.items()}
        if len(credits) > 1:
            self.credits.setdefault(sum(item.open for item in credits), tuple(credits))

    def targets(self) -> list[tuple[int, Gap]]:
        """Totals that the money explains to the cent, alone or with credit."""
        with_credit = [(self.amount + total, self._net(total)) for total in self.credits]
        return [(self.amount, Gap("none")), *with_credit]

    def explain(self, total: int) -> Gap | None:
        """What makes `total` and the money agree; None when nothing visible does."""
        size = total - self.amount
        if size == 0:
            return Gap("none")
        if size in self.credits:
            return self._net(size)
        if size > 0 and (held := self._held_back(total, size)) is not None:
            return held
        if abs(size) <= self.tolerance and 2 * self.tolerance < self.amount:
            return Gap("tolerance", size, write_off="difference" if size > 0 else None)
        return None

    def _net(self, size: int) -> Gap:
        return Gap("credits", 0, self.credits[size])

    def _held_back(self, total: int, size: int) -> Gap | None:
        allowed = size <= self.cap
        if size in self.habits.fees:
            return Gap("fees", size, write_off="bank_fees" if allowed else None)
        for rate in (*self.habits.discounts, *USUAL_DISCOUNTS):
            if abs(size * 1000 - total * rate) <= 1000:
                kind = "discount" if rate in self.habits.discounts else "usual_discount"
                return Gap(kind, size, write_off="discount" if allowed else None, rate=rate)
        return None
