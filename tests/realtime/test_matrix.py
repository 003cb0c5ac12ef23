"""R5 on the live channel: every event, asked by every role in and out of scope."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.realtime.conftest import Live
from tests.realtime.server import Client
from webapp.realtime import dispatch
from webapp.realtime.handlers import threads as _handlers  # noqa: F401  (they register their events)

pytestmark = pytest.mark.promise("R5")

Connect = Callable[..., Client]
INSIDERS = ("alice", "bob", "chloe", "david", "emma", "sonia", "ada")
OUTSIDERS = ("oscar", "nadia")
AUTHOR = "bob"
# Event -> its payload for a thread and a message of Bob's; True where only the author may.
EVENTS: dict[str, tuple[Callable[[str, str], dict[str, Any]], bool]] = {
    "thread.join": (lambda thread, _m: {"thread_id": thread}, False),
    "thread.read": (lambda thread, _m: {"thread_id": thread, "seq": 1}, False),
    "thread.typing": (lambda thread, _m: {"thread_id": thread}, False),
    "thread.here": (lambda thread, _m: {"thread_id": thread}, False),
    "message.send": (
        lambda thread, _m: {"thread_id": thread, "client_id": str(uuid.uuid4()), "body": "Vu."},
        False,
    ),
    "message.react": (lambda _t, message: {"message_id": message, "emoji": "👍"}, False),
    "message.edit": (lambda _t, message: {"message_id": message, "body": "Repris."}, True),
    "message.delete": (lambda _t, message: {"message_id": message}, True),
    "thread.leave": (lambda thread, _m: {"thread_id": thread}, False),
}


def test_every_event_has_a_line_in_the_table() -> None:
    assert set(dispatch.names()) == EVENTS.keys()


def test_an_event_serves_those_it_should_and_nobody_else(
    live: Live, client_of: Connect, thread_of: Callable[[Live], str]
) -> None:
    thread, bob = thread_of(live), client_of(live, AUTHOR)
    wrong = []
    for name in (*INSIDERS, *OUTSIDERS):
        socket = client_of(live, name)
        message = bob.send(thread, "Le client conteste.")["message"]["id"]
        for event, (payload, author_only) in EVENTS.items():
            answer = socket.call(event, payload(thread, message))
            code = "ok" if answer["ok"] else answer["error"]["code"]
            if code not in expected(event, name, author_only):
                wrong.append(f"{name}: {event} answered {code}")
    assert wrong == []


def expected(event: str, name: str, author_only: bool) -> set[str]:
    if event == "thread.leave":  # leaving what one is not in changes nothing and says nothing
        return {"ok"}
    if name in OUTSIDERS:
        return {"not_found"}
    return {"forbidden"} if author_only and name != AUTHOR else {"ok"}
