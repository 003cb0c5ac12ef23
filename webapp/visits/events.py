"""What happened on visits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class VisitRecorded:
    """Somebody reported on a visit."""

    visit_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class FactsChanged:
    """Facts about these clients were seen, confirmed, ended or attached."""

    client_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class AcknowledgementSealed:
    """What was signed on a visit is on paper."""

    visit_id: uuid.UUID
    client_id: uuid.UUID
