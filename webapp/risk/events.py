"""What happened to limits and alerts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class LimitChanged:
    """The client's limit was set or replaced."""

    client_id: uuid.UUID


@dataclass(frozen=True)
class GuaranteeChanged:
    """A guarantee of the client was recorded or withdrawn."""

    client_id: uuid.UUID


@dataclass(frozen=True)
class AlertRaised:
    """Something about the client must be answered: phones ring before lists follow."""

    urgent: ClassVar[bool] = True
    alert_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class AlertsRaised:
    """All alerts that one look at a set of clients raised: for those who tell people, set-based."""

    alert_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class AlertChanged:
    """The alert was acknowledged, given to someone, reopened or closed."""

    alert_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class AlertBack:
    """The alert that `user_id` had put to sleep waits for an answer again."""

    alert_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True)
class AlertsEscalated:
    """Nobody answered these alerts in time."""

    alert_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class AlertAssigned:
    """The alert was given to someone, by `by_id`."""

    alert_id: uuid.UUID
    user_id: uuid.UUID
    by_id: uuid.UUID
