"""Open sockets of this process: whose they are, which session they stand on, what they look at."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from webapp.users.actor import Actor


@dataclass
class Connection:
    """One socket. `epoch` is that of its person's rights when `actor` was resolved."""

    sid: str
    actor: Actor
    epoch: int
    token: str | None = field(default=None, repr=False)
    rooms: set[uuid.UUID] = field(default_factory=set)

    @property
    def user_id(self) -> uuid.UUID:
        return self.actor.user_id

    @property
    def session_id(self) -> uuid.UUID | None:
        return self.actor.session_id


_lock = threading.RLock()
_connections: dict[str, Connection] = {}
_by_user: dict[uuid.UUID, set[str]] = {}
_by_room: dict[uuid.UUID, set[str]] = {}
_epochs: dict[uuid.UUID, int] = {}


def room_of_thread(thread_id: uuid.UUID) -> str:
    """Room names are ours, never a client's."""
    return f"t:{thread_id}"


def room_of_user(user_id: uuid.UUID) -> str:
    return f"u:{user_id}"


def epoch(user_id: uuid.UUID) -> int:
    return _epochs.get(user_id, 0)


def bump(user_ids: Iterable[uuid.UUID]) -> None:
    """What was known of these people's rights is history."""
    with _lock:
        for user_id in user_ids:
            _epochs[user_id] = _epochs.get(user_id, 0) + 1


def add(connection: Connection) -> None:
    with _lock:
        _connections[connection.sid] = connection
        _by_user.setdefault(connection.user_id, set()).add(connection.sid)


def remove(sid: str) -> Connection | None:
    """Forget a socket, and give back what was known of it."""
    with _lock:
        connection = _connections.pop(sid, None)
        if connection is not None:
            _discard(_by_user, connection.user_id, sid)
            for thread_id in connection.rooms:
                _discard(_by_room, thread_id, sid)
        return connection


def enter(connection: Connection, thread_id: uuid.UUID) -> None:
    with _lock:
        connection.rooms.add(thread_id)
        _by_room.setdefault(thread_id, set()).add(connection.sid)


def leave(connection: Connection, thread_id: uuid.UUID) -> None:
    with _lock:
        connection.rooms.discard(thread_id)
        _discard(_by_room, thread_id, connection.sid)


def find(sid: str) -> Connection | None:
    return _connections.get(sid)


def everyone() -> list[Connection]:
    with _lock:
        return list(_connections.values())


def of_user(user_id: uuid.UUID) -> list[Connection]:
    with _lock:
        return [_connections[sid] for sid in _by_user.get(user_id, ())]


def of_sessions(session_ids: Iterable[uuid.UUID]) -> list[Connection]:
    wanted = set(session_ids)
    return [connection for connection in everyone() if connection.session_id in wanted]


def in_room(thread_id: uuid.UUID) -> list[Connection]:
    with _lock:
        return [_connections[sid] for sid in _by_room.get(thread_id, ())]


def rooms() -> list[uuid.UUID]:
    with _lock:
        return list(_by_room)


def actors() -> dict[uuid.UUID, Actor]:
    """One actor for each connected person."""
    return {connection.user_id: connection.actor for connection in everyone()}


def _discard(index: dict[uuid.UUID, set[str]], key: uuid.UUID, sid: str) -> None:
    sids = index.get(key)
    if sids is not None:
        sids.discard(sid)
        if not sids:
            del index[key]
