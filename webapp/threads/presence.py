"""Who is looking at a thread right now. Filled by the live channel, which also hears of the other
processes; a message rings nobody who sees it arrive."""

from __future__ import annotations

import time
import uuid

User = dict[str, str]  # id, name, initials
_elsewhere: dict[str, dict[uuid.UUID, tuple[float, list[User]]]] = {}
_looking: dict[uuid.UUID, dict[uuid.UUID, set[str]]] = {}


def enter(thread_id: uuid.UUID, user_id: uuid.UUID, sid: str) -> bool:
    """A socket opened the thread; true when its person was not there yet."""
    sockets = _looking.setdefault(thread_id, {}).setdefault(user_id, set())
    sockets.add(sid)
    return len(sockets) == 1


def leave(thread_id: uuid.UUID, user_id: uuid.UUID, sid: str) -> bool:
    """A socket left it; true when its person has no other one there."""
    people = _looking.get(thread_id, {})
    sockets = people.get(user_id)
    if sockets is None or sid not in sockets:
        return False
    sockets.discard(sid)
    if sockets:
        return False
    del people[user_id]
    if not people:
        _looking.pop(thread_id, None)
    return True


def looking(thread_id: uuid.UUID) -> set[uuid.UUID]:
    """The people whose screen shows the thread."""
    return set(_looking.get(thread_id, ())) | {uuid.UUID(user["id"]) for user in elsewhere(thread_id)}


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
