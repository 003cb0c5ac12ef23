"""What happened to requests for a credit note."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class CreditAsked:
    """Somebody asks finance for a credit note."""

    request_id: uuid.UUID


@dataclass(frozen=True)
class CreditAnswered:
    """It was granted or declined, or a credit note on the invoice settled the question."""

    request_id: uuid.UUID
