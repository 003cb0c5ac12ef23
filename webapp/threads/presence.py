"""Who is looking at a thread right now. Filled by the live channel, which also hears of the other
processes; a message rings nobody who sees it arrive."""

from __future__ import annotations

import math
import time
import uuid

User = dict[str, str]  # id, name, initials
_elsewhere: dict[str, dict[uuid.UUID, tuple[float, list[User]]]] = {}
STAY_SECONDS = 60.0
# Until when each socket counts: for ever (as long as it lives) until its page says that it is looked at.
_looking: dict[uuid.UUID, dict[uuid.UUID, dict[str, float]]] = {}


def enter(thread_id: uuid.UUID, user_id: uuid.UUID, sid: str) -> bool:
    """A socket opened the thread; true when its person was not there yet."""
    sockets = _looking.setdefault(thread_id, {}).setdefault(user_id, {})
    sockets[sid] = math.inf
    return len(sockets) == 1


def stay(thread_id: uuid.UUID, user_id: uuid.UUID, sid: str) -> bool:
    """Its page is being looked at, for a minute from now; true when its person was not there."""
    sockets = _looking.setdefault(thread_id, {}).setdefault(user_id, {})
    there = bool(sockets)
    sockets[sid] = time.monotonic() + STAY_SECONDS
    return not there


def expire() -> list[uuid.UUID]:
    """Let go of sockets whose page has not said so for a minute; threads whose people changed."""
    instant, changed = time.monotonic(), []
    for thread_id, people in list(_looking.items()):
        late = [(user, sid) for user, sids in people.items() for sid, end in sids.items() if end < instant]
        gone = [leave(thread_id, user_id, sid) for user_id, sid in late]
        if any(gone):
            changed.append(thread_id)
    return changed


def leave(thread_id: uuid.UUID, user_id: uuid.UUID, sid: str) -> bool:
    """A socket left it; true when its person has no other one there."""
    people = _looking.get(thread_id, {})
    sockets = people.get(user_id)
    if sockets is None or sid not in sockets:
        return False
    del sockets[sid]
    if sockets:
        return False
    del people[user_id]
    if not people:
        _looking.pop(thread_id, None)
    return True


def here(thread_id: uuid.UUID) -> set[uuid.UUID]:
    """The people whose screen shows the thread through this process."""
    return set(_looking.get(thread_id, ()))


def looking(thread_id: uuid.UUID) -> set[uuid.UUID]:
    """The people whose screen shows the thread."""
    return here(thread_id) | {uuid.UUID(user["id"]) for user in elsewhere(thread_id)}


def note_elsewhere(origin: str, thread_id: uuid.UUID, users: list[User]) -> bool:
    """The people another process shows the thread to, all of them; true when that is a change."""
    threads = _elsewhere.setdefault(origin, {})
    _, known = threads.get(thread_id, (0.0, []))
    if users:
        threads[thread_id] = (time.monotonic(), users)
    else:
        threads.pop(thread_id, None)
    return {user["id"] for user in known} != {user["id"] for user in users}


def elsewhere(thread_id: uuid.UUID) -> list[User]:
    """The people whose screen shows the thread through another process."""
    return [user for threads in _elsewhere.values() for user in threads.get(thread_id, (0.0, []))[1]]


def forget_the_silent(seconds: float) -> None:
    """Drop what a process has not repeated for so long: it is gone."""
    oldest = time.monotonic() - seconds
    for origin, threads in list(_elsewhere.items()):
        kept = {thread_id: heard for thread_id, heard in threads.items() if heard[0] > oldest}
        if kept:
            _elsewhere[origin] = kept
        else:
            del _elsewhere[origin]
