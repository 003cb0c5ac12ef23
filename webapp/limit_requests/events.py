"""What happened to limit requests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class LimitRequestChanged:
    """A request was made, answered, passed on, decided or withdrawn: `step` is the kind of its last step."""

    request_id: uuid.UUID
    client_id: uuid.UUID
    step: str
