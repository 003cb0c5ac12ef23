"""A socket without a server: what its events ask of the database, in the process of the test."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from webapp.realtime import registry
from webapp.realtime.dispatch import dispatch
from webapp.realtime.handlers import threads as handlers
from webapp.users.actor import Actor


def join(
    app: Flask,
    actor: Actor,
    thread_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """The acknowledgement of `thread.join`. The library's room is left out: it asks nothing. `meanwhile`
    happens at the door: the right to come in was asked, nobody is in yet."""

    def enter(connection: registry.Connection, room: uuid.UUID) -> None:
        meanwhile()
        registry.enter(connection, room)

    monkeypatch.setattr(handlers, "enter", enter)
    registry.add(registry.Connection("sid", actor, registry.epoch(actor.user_id)))
    try:
        return dispatch(app, "thread.join", "sid", ({"thread_id": str(thread_id)},))
    finally:
        registry.remove("sid")
