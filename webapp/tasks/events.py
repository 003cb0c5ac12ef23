"""What happened to tasks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class TaskGiven:
    """The task is someone's now; `by_id` gave it."""

    task_id: uuid.UUID
    owner_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True)
class TasksDue:
    """The day of these tasks has come, and they are not done. Recorded once for each due day."""

    task_ids: tuple[uuid.UUID, ...]
