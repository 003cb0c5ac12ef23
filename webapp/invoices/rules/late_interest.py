"""What lateness costs the debtor by law (C. com. L441-10): interest by the day, and a fixed fee.

Pure, like `rules`. Definitions and the rate table: docs of the domain, "late interest".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Half = tuple[int, int]

# European Central Bank refinancing rate + 10 points, in hundredths of a per cent, by half-year.
# A half-year that is missing falls back on the last one known, and the reader is told.
RATES: Mapping[Half, int] = {(2024, 2): 1425, (2025, 1): 1315, (2025, 2): 1215, (2026, 1): 1215}
FIXED_FEE = 4000  # cents per late invoice, no VAT, never split
_YEAR_IN_HUNDREDTHS = 365 * 10_000


@dataclass(frozen=True)
class LateCharges:
    """Cents of interest and of the fixed fee. `fallback` names the half-year whose rate is missing."""

    interest: int
    fee: int
    rate: int
    fallback: Half | None = None

    @property
    def total(self) -> int:
        return self.interest + self.fee


def half_year(day: date) -> Half:
    """The half-year a day belongs to: (2026, 2) from 1 July 2026."""
    return day.year, 1 if day.month <= 6 else 2


def rate_of(half: Half, rates: Mapping[Half, int] = RATES) -> tuple[int, bool]:
    """The rate of a half-year, and whether it is another one's for want of its own."""
    if half in rates:
        return rates[half], False
    earlier = [known for known in rates if known < half]
    return rates[max(earlier) if earlier else min(rates)], True


def unpaid_pieces(
    parts: Sequence[tuple[date, int]], settlements: Sequence[tuple[date, int]], until: date
) -> Iterator[tuple[int, date, date]]:
    """(cents, due date, day paid or `until`) of every piece paid on a day of its own.

    `parts` are (due date, cents), `settlements` (day, cents); the earliest due is paid first.
    """
    received = sorted(settlements)
    position, left = 0, received[0][1] if received else 0
    for due_on, amount in sorted(parts):
        rest = amount
        while rest and position < len(received):
            share = min(rest, left)
            yield share, due_on, min(received[position][0], until)
            rest, left = rest - share, left - share
            if left == 0:
                position += 1
                left = received[position][1] if position < len(received) else 0
        if rest:
            yield rest, due_on, until


def _halves(first: date, last: date) -> Iterator[tuple[Half, int]]:
    """The half-years from `first` to `last`, both counted, with their days."""
    while first <= last:
        half = half_year(first)
        turn = date(first.year, 7, 1) if half[1] == 1 else date(first.year + 1, 1, 1)
        end = min(last, turn - timedelta(days=1))
        yield half, (end - first).days + 1
        first = end + timedelta(days=1)


def late_charges(
    parts: Sequence[tuple[date, int]],
    settlements: Sequence[tuple[date, int]],
    until: date,
    *,
    insolvent: bool = False,
    rates: Mapping[Half, int] = RATES,
) -> LateCharges | None:
    """Interest and fee of an invoice as of `until`; None when nothing of it was ever late.

    Unpaid incl. VAT x annual rate x days / 365, from the day after the due date, cut at
    half-years and part payments, rounded half up once. The fee is not claimable in insolvency.
    """
    weight, late, missing = 0, False, None
    for amount, due_on, day in unpaid_pieces(parts, settlements, until):
        for half, days in _halves(due_on + timedelta(days=1), day):
            rate, fell_back = rate_of(half, rates)
            weight += amount * rate * days
            late, missing = True, half if fell_back else missing
    if not late:
        return None
    interest = (2 * weight + _YEAR_IN_HUNDREDTHS) // (2 * _YEAR_IN_HUNDREDTHS)
    return LateCharges(interest, 0 if insolvent else FIXED_FEE, rate_of(half_year(until), rates)[0], missing)
