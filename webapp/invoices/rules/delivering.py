"""What an order and its deliveries still stand for once a part of them is billed.

Source: DOMAIN "Ledger" (exposure = outstanding + unbilled deliveries + open orders) and what it names among
the mistakes of the field: deliveries counted twice. Whatever the order of events, what is counted of an order
is the most of what was ordered, delivered and billed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery: minor units; `named` when an invoice says that it bills it,
    `closed` when none ever will."""

    amount: int
    named: bool = False
    closed: bool = False


def left_to_bill(billed: int, deliveries: Sequence[Delivered]) -> list[int]:
    """What of each delivery, the oldest first, no invoice stands for. Minor units.

    `billed` is what invoices of the order add up to: what they bill beyond the deliveries that they name
    stands for the oldest ones that nobody named (a deposit, a partial invoice).
    """
    beyond = max(billed - sum(each.amount for each in deliveries if each.named), 0)
    found = []
    for each in deliveries:
        if each.named or each.closed:
            found.append(0)
            continue
        taken = min(beyond, each.amount)
        beyond -= taken
        found.append(each.amount - taken)
    return found


def left_to_deliver(ordered: int, billed: int, deliveries: Sequence[Delivered]) -> int:
    """What of an order is neither delivered nor billed. Minor units."""
    return max(ordered - max(billed, sum(each.amount for each in deliveries)), 0)
