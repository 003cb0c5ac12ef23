"""The one way out: everything the server says on a socket passes here, after the commit."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from webapp.extensions import socketio
from webapp.realtime import registry


def to_room(event: str, payload: object, thread_id: uuid.UUID, *, skip: str | None = None) -> None:
    _emit(event, payload, registry.room_of_thread(thread_id), skip)


def to_user(event: str, payload: object, user_id: uuid.UUID) -> None:
    _emit(event, payload, registry.room_of_user(user_id), None)


def to_users(event: str, payload: object, user_ids: Sequence[uuid.UUID]) -> None:
    """The same to each of them, put together once."""
    if user_ids:
        _emit(event, payload, [registry.room_of_user(user_id) for user_id in user_ids], None)


def to_thread_and_user(event: str, payload: object, thread_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Once to each socket, also to one that is in both rooms."""
    _emit(event, payload, [registry.room_of_thread(thread_id), registry.room_of_user(user_id)], None)


def to_socket(event: str, payload: object, sid: str) -> None:
    _emit(event, payload, sid, None)


def _emit(event: str, payload: object, room: str | Sequence[str], skip: str | None) -> None:
    server = socketio.server
    if server is not None:
        server.emit(event, payload, room=room, skip_sid=skip)
