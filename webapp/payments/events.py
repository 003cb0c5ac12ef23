"""What happened to payments."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class InvoicesSettled:
    """Somebody put money, or a credit note (`credit`), on these invoices. Files are not told row by row."""

    invoice_ids: tuple[uuid.UUID, ...]
    credit: bool


@dataclass(frozen=True)
class PaymentReturned:
    """The bank took this payment back; what it settled is open again."""

    payment_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class WriteOffAsked:
    """Somebody wants to give up a part of an invoice, above what they may alone."""

    write_off_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class WriteOffDecided:
    """It was approved or refused."""

    write_off_id: uuid.UUID
    client_id: uuid.UUID
