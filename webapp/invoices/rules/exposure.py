"""What a client's exposure is made of (DOMAIN "Ledger": each part can be counted in or out by setting)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNBILLED, ORDERS = "exposure_unbilled", "exposure_orders"


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts count beside what is owed."""

    unbilled: bool = True
    orders: bool = True

    def exposure(self, outstanding: int, unbilled: int, orders: int) -> int:
        """Cents that limits are held against."""
        return outstanding + (unbilled if self.unbilled else 0) + (orders if self.orders else 0)


def parts_in(settings: Mapping[str, Any] | None) -> Parts:
    """As the company's settings say; both count until somebody says otherwise."""
    kept = settings or {}
    return Parts(bool(kept.get(UNBILLED, True)), bool(kept.get(ORDERS, True)))
