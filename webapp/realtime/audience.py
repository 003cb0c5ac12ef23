"""Who of the people here may hear of a thread: asked again for each event, in one query at most.

What the thread is about is kept for one second; a change of rights or of a client drops it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable

from webapp.threads.policy import may_read
from webapp.threads.subjects import Subject, read_subject
from webapp.users.actor import Actor

KEPT_SECONDS = 1.0
_known: dict[uuid.UUID, tuple[float, Subject | None]] = {}
_cleared: dict[uuid.UUID, float] = {}


def subject_of(thread_id: uuid.UUID) -> Subject | None:
    instant = time.monotonic()
    kept = _known.get(thread_id)
    if kept is not None and kept[0] > instant:
        return kept[1]
    subject = read_subject(thread_id)
    if len(_known) > 2_000:
        forget()
    _known[thread_id] = (instant + KEPT_SECONDS, subject)
    return subject


def forget() -> None:
    """Somebody's rights, or a client's place, changed."""
    _known.clear()
    _cleared.clear()


def is_clear(thread_id: uuid.UUID) -> bool:
    """Was everyone in the thread's room asked within the second, and nothing changed since? Whoever came
    meanwhile was asked at the door."""
    return _cleared.get(thread_id, 0.0) > time.monotonic()


def note_clear(thread_id: uuid.UUID) -> None:
    """Everyone who is in the room may read the thread."""
    if len(_cleared) > 2_000:
        _cleared.clear()
    _cleared[thread_id] = time.monotonic() + KEPT_SECONDS


def may_hear(actor: Actor, thread_id: uuid.UUID) -> bool:
    subject = subject_of(thread_id)
    return subject is not None and may_read(actor, subject)


def readers(thread_id: uuid.UUID, people: Iterable[Actor]) -> set[uuid.UUID]:
    """Which of these people may read the thread."""
    subject = subject_of(thread_id)
    if subject is None:
        return set()
    return {actor.user_id for actor in people if may_read(actor, subject)}
