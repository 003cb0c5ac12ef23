"""What happened to promises."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class PromisesChanged:
    """Promises of these clients were taken, fulfilled, missed or withdrawn."""

    client_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class PromisesBroken:
    """The day of these promises passed without the money, or with a part of it. Recorded once for each."""

    promise_ids: tuple[uuid.UUID, ...]
