"""A socket without a server: what its events ask of the database, in the process of the test."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask

from webapp.realtime import registry
from webapp.realtime.dispatch import dispatch
from webapp.realtime.handlers import threads as handlers
from webapp.users.actor import Actor


def join(app: Flask, actor: Actor, thread_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The acknowledgement of `thread.join`. The library's room is left out: it asks nothing."""
    monkeypatch.setattr(handlers, "enter", registry.enter)
    registry.add(registry.Connection("sid", actor, registry.epoch(actor.user_id)))
    try:
        return dispatch(app, "thread.join", "sid", ({"thread_id": str(thread_id)},))
    finally:
        registry.remove("sid")
