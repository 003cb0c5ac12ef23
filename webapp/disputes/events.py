"""What happened to disputes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class DisputeOpened:
    """A client contests an invoice, or a part of it."""

    dispute_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class DisputeChanged:
    """Somebody else resolves it, by another day, it waits for somebody, or it is settled."""

    dispute_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class DisputeAssigned:
    """It is `user_id`'s to resolve now; `by_id` said so."""

    dispute_id: uuid.UUID
    user_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True)
class DisputeProposed:
    """A credit note is proposed: those who keep the books are expected."""

    dispute_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True)
class DisputeSettled:
    """It is over; `by_id` decided, nobody when the books did."""

    dispute_id: uuid.UUID
    by_id: uuid.UUID | None


@dataclass(frozen=True)
class DisputesOverdue:
    """These passed their day: the resolvers are told first (`stage` 1), those above them later (2)."""

    dispute_ids: tuple[uuid.UUID, ...]
    stage: int
