"""What happened to people and their rights."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class RightsChanged:
    """Role, branch or activity of these people changed; open sockets must ask again."""

    user_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class SessionEnded:
    """These sign-in sessions are over; their sockets fall silent. `reason` is shown to them."""

    session_ids: tuple[uuid.UUID, ...]
    reason: str
