"""Pure decisions about invoices: status, instalments, lateness, payer class."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from webapp.invoices.rules.chain import Billed, Step, steps
from webapp.invoices.rules.delivering import Delivered, left_to_bill, left_to_deliver
from webapp.invoices.rules.exposure import ORDERS, UNBILLED, Parts, parts_in

__all__ = [
    "BOUNDS",
    "ORDERS",
    "ORDER_STATES",
    "SIGN",
    "STATUSES",
    "UNBILLED",
    "Billed",
    "Delivered",
    "Parts",
    "Step",
    "bucket",
    "check_instalments",
    "left_to_bill",
    "left_to_deliver",
    "parts_in",
    "payer_class",
    "settle",
    "spread",
    "status",
    "steps",
    "warnings",
]

SIGN = {"invoice": 1, "deposit": 1, "credit_note": -1, "write_off": -1}
# Aging buckets: not due, then up to so many days late each, then beyond. A setting may say otherwise.
BOUNDS = (30, 60, 90, 120)
LONGEST_BOUND = 3650

# What may become of a quote, and of an order.
ORDER_STATES = {"quote": ("open", "won", "lost"), "order": ("open", "closed")}

# What lists filter by: the statuses, and `unpaid` for anything still open.
STATUSES = ("open", "overdue", "partly_paid", "paid", "unpaid", "void")


def status(*, kind: str, gross: int, open_: int, due_on: date, today: date, voided: bool) -> str:
    """`void`, `paid`, `overdue`, `partly_paid` or `open`."""
    if voided:
        return "void"
    if open_ == 0:
        return "paid"
    if due_on < today and SIGN[kind] > 0:
        return "overdue"
    return "partly_paid" if open_ < gross else "open"


def warnings(issued_on: date, due_on: date) -> list[str]:
    """What is odd but allowed: `due_before_issue`."""
    return ["due_before_issue"] if due_on < issued_on else []


def bucket(due_on: date, today: date, bounds: Sequence[int] = BOUNDS) -> int:
    """Which aging bucket something due on `due_on` is in: 0 not due, 5 beyond the last bound."""
    late = (today - due_on).days
    return sum(late > bound for bound in (0, *bounds))


def check_bounds(bounds: Sequence[int]) -> bool:
    """As many bounds as the aging has, each later than the one before, none beyond ten years."""
    rising = all(low < high for low, high in zip((0, *bounds), bounds, strict=False))
    return len(bounds) == len(BOUNDS) and rising and bounds[-1] <= LONGEST_BOUND


def check_instalments(gross: int, amounts: Sequence[int]) -> bool:
    """Instalments are positive and add up to the invoice."""
    return bool(amounts) and all(amount > 0 for amount in amounts) and sum(amounts) == gross


def settle(opens: Sequence[int], amount: int) -> list[int]:
    """How much of `amount` each open part takes, oldest first; never more than is open."""
    shares = []
    for open_ in opens:
        share = min(open_, max(amount, 0))
        shares.append(share)
        amount -= share
    return shares


def spread(parts: Sequence[tuple[date, int]], amount: int) -> list[int]:
    """The share of each (due date, cents) part in `amount`: earliest due first, in the given order."""
    order = sorted(range(len(parts)), key=lambda index: (parts[index][0], index))
    shares = [0] * len(parts)
    for index, share in zip(order, settle([parts[index][1] for index in order], amount), strict=True):
        shares[index] = share
    return shares


def payer_class(days_late: int | None, *, insolvent: bool = False) -> str | None:
    """A up to 30 days late on average, B up to 60, C up to 90, D beyond, E when insolvent.

    None without any history. The average is weighted by amount.
    """
    if insolvent:
        return "E"
    if days_late is None:
        return None
    for letter, last in (("A", 30), ("B", 60), ("C", 90)):
        if days_late <= last:
            return letter
    return "D"
