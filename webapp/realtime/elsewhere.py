"""Presence and typing across processes: hints, repeated now and then, forgotten with their process."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app

from webapp.core.bus import Hint
from webapp.realtime import out, registry
from webapp.threads import presence

REPEAT_SECONDS = 20.0
PRESENCE, TYPING = "presence", "typing"


def tell_presence(thread_id: uuid.UUID) -> None:
    """Who looks at the thread now, to those who do, here and in the other processes."""
    _bus().publish(PRESENCE, thread_id=str(thread_id), users=_here(thread_id))
    _show(thread_id)


def tell_typing(thread_id: uuid.UUID, user: dict[str, str], *, skip: str) -> None:
    """Somebody is writing, to who else is in the thread."""
    _bus().publish(TYPING, thread_id=str(thread_id), user=user)
    out.to_room("thread.typing", {"thread_id": str(thread_id), "user": user}, thread_id, skip=skip)


def tell_all() -> None:
    """Say again who is here: another process may have started, or missed it. Who went quiet is gone."""
    for thread_id in presence.expire():
        tell_presence(thread_id)
    for thread_id in registry.rooms():
        _bus().publish(PRESENCE, thread_id=str(thread_id), users=_here(thread_id))
    presence.forget_the_silent(3 * REPEAT_SECONDS)


def hear(hint: Hint) -> None:
    """What another process says."""
    thread_id = uuid.UUID(hint["thread_id"])
    if hint["kind"] == TYPING:
        out.to_room("thread.typing", {"thread_id": hint["thread_id"], "user": hint["user"]}, thread_id)
    elif presence.note_elsewhere(hint["origin"], thread_id, hint["users"]):
        _show(thread_id)


def _here(thread_id: uuid.UUID) -> list[dict[str, str]]:
    looking = presence.here(thread_id)
    people = {
        connection.user_id: connection.actor
        for connection in registry.in_room(thread_id)
        if connection.user_id in looking
    }
    return [
        {"id": str(user_id), "name": actor.name, "initials": actor.initials}
        for user_id, actor in people.items()
    ]


def _show(thread_id: uuid.UUID) -> None:
    users = {user["id"]: user for user in (*_here(thread_id), *presence.elsewhere(thread_id))}
    out.to_room("presence.changed", {"thread_id": str(thread_id), "users": list(users.values())}, thread_id)


def _bus() -> Any:
    return current_app.extensions["encours.bus"]
