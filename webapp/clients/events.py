"""What happened to clients."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class ClientsChanged:
    """These clients were created or edited."""

    client_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class ClientMoved:
    """A client's branch or sales representative changed: access follows today's values."""

    client_id: uuid.UUID


@dataclass(frozen=True)
class ClientsMerged:
    """What was one client's is the other's now, or was given back: both are to be counted again."""

    client_ids: tuple[uuid.UUID, ...]
