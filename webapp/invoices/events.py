"""What happened to invoices and balances."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class InvoicesChanged:
    """These invoices were recorded, edited, paid or voided."""

    invoice_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class OrdersChanged:
    """These quotes and orders of these clients were recorded, changed or voided."""

    order_ids: tuple[uuid.UUID, ...]
    client_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class BalanceChanged:
    """The balance of these clients was computed again."""

    client_ids: tuple[uuid.UUID, ...]
