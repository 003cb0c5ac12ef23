"""The contract's thread events, through a real server and a real client."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from socketio.exceptions import ConnectionError as CannotConnect

from tests.realtime.conftest import Live
from tests.realtime.server import Client, wait_for

pytestmark = pytest.mark.server
Connect = Callable[..., Client]
NewId = Callable[[Live], str]


def test_join_gives_what_was_missed_then_what_is_said(
    live: Live, client_of: Connect, thread_of: NewId
) -> None:
    thread, bob, alice = thread_of(live), client_of(live, "bob"), client_of(live, "alice", by="cookie")
    for number in range(3):
        assert bob.send(thread, f"avant {number}")["ok"]
    joined = alice.join(thread, 1)
    assert (joined["ok"], joined["last_seq"], joined["more"]) == (True, 3, False)
    assert [message["seq"] for message in joined["messages"]] == [2, 3]
    bob.send(thread, "après **tout**")
    heard = alice.wait("message.posted")["message"]
    assert (heard["seq"], heard["body"], heard["author"]["handle"]) == (4, "après **tout**", "bob")
    assert heard["html"] == "<p>après <strong>tout</strong></p>"
    assert alice.call("thread.leave", {"thread_id": thread}) == {"ok": True}
    bob.send(thread, "sans elle")
    bob.join(thread)
    assert len(alice.named("message.posted")) == 1


def test_a_long_absence_is_read_page_by_page(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, bob = thread_of(live), client_of(live, "bob")
    for number in range(205):
        bob.send(thread, str(number))
    first = bob.join(thread, 0)
    assert (len(first["messages"]), first["more"], first["last_seq"]) == (200, True, 205)
    second = bob.join(thread, first["messages"][-1]["seq"])
    assert ([message["seq"] for message in second["messages"]], second["more"]) == (
        list(range(201, 206)),
        False,
    )


def test_the_same_client_id_is_one_message(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, act, alice = thread_of(live), uuid.uuid4(), client_of(live, "alice")
    alice.join(thread)
    sockets = [client_of(live, "bob") for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: sockets[n % 4].send(thread, f"essai {n}", act), range(12)))
    assert {answer["message"]["id"] for answer in answers} == {answers[0]["message"]["id"]}
    assert alice.send(thread, "fin")["message"]["seq"] == 2
    alice.wait("message.posted", 2)
    assert [payload["message"]["seq"] for payload in alice.named("message.posted")] == [1, 2]


def test_twenty_writers_leave_no_hole(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, people = thread_of(live), ["alice", "bob", "chloe", "david", "emma"]
    sockets = [client_of(live, people[number % 5]) for number in range(20)]
    watcher = client_of(live, "sonia")
    watcher.join(thread)
    with ThreadPoolExecutor(20) as pool:
        rounds = list(pool.map(lambda s: [s.send(thread, "x")["message"]["seq"] for _ in range(5)], sockets))
    assert sorted(seq for found in rounds for seq in found) == list(range(1, 101))
    watcher.wait("message.posted", 100)
    assert sorted(p["message"]["seq"] for p in watcher.named("message.posted")) == list(range(1, 101))


def test_edit_react_and_delete_are_heard(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, bob, alice = thread_of(live), client_of(live, "bob"), client_of(live, "alice")
    alice.join(thread)
    message_id = bob.send(thread, "un")["message"]["id"]
    assert bob.call("message.edit", {"message_id": message_id, "body": "deux"})["message"]["body"] == "deux"
    assert alice.wait("message.edited")["message"]["edited_at"]
    assert alice.call("message.react", {"message_id": message_id, "emoji": "👍"})["ok"]
    assert alice.wait("message.reacted")["message"]["reactions"] == [
        {"emoji": "👍", "user_ids": [live.people["alice"]["id"]]}
    ]
    assert alice.call("message.react", {"message_id": message_id, "emoji": "👍", "on": False})["ok"]
    refused = alice.call("message.edit", {"message_id": message_id, "body": "trois"})
    assert (refused["ok"], refused["error"]["code"]) == (False, "forbidden")
    assert alice.call("message.delete", {"message_id": message_id})["error"]["code"] == "forbidden"
    gone = bob.call("message.delete", {"message_id": message_id})["message"]
    assert (gone["body"], gone["html"], bool(gone["deleted_at"])) == ("", "", True)
    assert alice.wait("message.deleted")["message"]["id"] == message_id


def test_reading_typing_and_presence(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, bob, alice = thread_of(live), client_of(live, "bob"), client_of(live, "alice")
    bob.join(thread)
    alice.join(thread)
    wait_for(lambda: [len(p["users"]) for p in bob.named("presence.changed")] == [1, 2], what="presence")
    bob.send(thread, "un")
    assert alice.call("thread.read", {"thread_id": thread, "seq": 1}) == {"ok": True, "seq": 1}
    assert bob.wait("thread.read") == {"thread_id": thread, "user_id": live.people["alice"]["id"], "seq": 1}
    assert alice.call("thread.typing", {"thread_id": thread}) == {"ok": True}
    assert bob.wait("thread.typing")["user"]["name"] == "Alice Roux"
    assert alice.named("thread.typing") == []
    alice.close()
    wait_for(lambda: len(bob.named("presence.changed")[-1]["users"]) == 1, what="departure")


def test_followers_elsewhere_learn_what_waits(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, bob, chloe = thread_of(live), client_of(live, "bob"), client_of(live, "chloe")
    oscar, elsewhere = client_of(live, "oscar"), client_of(live, "bob")
    bob.send(thread, "un")
    assert chloe.wait("thread.unread") == {"thread_id": thread, "seq": 1, "unread": 1, "mentioned": False}
    bob.send(thread, "@chloe ?")
    assert chloe.wait("thread.unread", 2) == {"thread_id": thread, "seq": 2, "unread": 2, "mentioned": True}
    chloe.join(thread)
    bob.send(thread, "trois")
    chloe.wait("message.posted")
    assert len(chloe.named("thread.unread")) == 2
    assert oscar.heard == [] and elsewhere.named("thread.unread") == []


def test_out_of_scope_is_not_found(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread, bob, oscar = thread_of(live), client_of(live, "bob"), client_of(live, "oscar")
    message_id = bob.send(thread, "secret")["message"]["id"]
    for event, payload in (
        ("thread.join", {"thread_id": thread}),
        ("message.send", {"thread_id": thread, "client_id": str(uuid.uuid4()), "body": "x"}),
        ("message.edit", {"message_id": message_id, "body": "x"}),
        ("message.delete", {"message_id": message_id}),
        ("message.react", {"message_id": message_id, "emoji": "👍"}),
        ("thread.read", {"thread_id": thread, "seq": 1}),
        ("thread.typing", {"thread_id": thread}),
        ("thread.join", {"thread_id": str(uuid.uuid4())}),
    ):
        answer = oscar.call(event, payload)
        assert (answer["ok"], answer["error"]["code"]) == (False, "not_found"), event
    bob.send(thread, "encore")
    bob.join(thread)
    assert oscar.heard == []


THREAD = str(uuid.UUID(int=1))
GARBAGE: list[tuple[str, Any]] = [
    ("thread.join", None),
    ("thread.join", "x"),
    ("thread.join", []),
    ("thread.join", 7),
    ("thread.join", {}),
    ("thread.join", {"thread_id": "t:1"}),
    ("thread.join", {"thread_id": THREAD, "room": "u:1"}),
    ("thread.join", {"thread_id": THREAD, "after_seq": -1}),
    ("thread.join", {"thread_id": THREAD, "after_seq": "NaN"}),
    ("thread.join", {"thread_id": THREAD, "after_seq": 2**80}),
    ("thread.join", {"thread_id": {"$ne": 1}}),
    ("message.send", {"thread_id": THREAD, "client_id": "1", "body": "x"}),
    ("message.send", {"thread_id": THREAD, "client_id": THREAD, "body": ["x"]}),
    ("message.send", {"thread_id": THREAD, "client_id": THREAD, "body": None}),
    ("message.send", {"thread_id": THREAD, "client_id": THREAD, "body": "\ud800"}),
    ("message.send", {"thread_id": THREAD, "client_id": THREAD, "body": "x", "attachment_ids": [THREAD]}),
    ("message.react", {"message_id": THREAD, "emoji": "x" * 5000}),
    ("thread.read", {"thread_id": THREAD, "seq": 1.5}),
    ("thread.read", {"thread_id": THREAD, "seq": float("inf")}),
    ("message.send", b"\x00\x01"),
    ("nothing.known", {"a": 1}),
    ("__proto__", {}),
    ("alert.raised", {"alert": {}}),
]


def test_garbage_is_answered_and_never_raises(live: Live, client_of: Connect, thread_of: NewId) -> None:
    bob = client_of(live, "bob")
    before = live.server.log().count("Traceback")
    for event, payload in GARBAGE:
        answer = bob.call(event, payload)
        assert answer["ok"] is False, (event, payload)
        assert answer["error"]["code"] in ("invalid", "unknown_event", "not_found"), (event, payload, answer)
    assert bob.call("thread.join", ({"thread_id": THREAD}, "more"))["error"]["code"] == "invalid"
    thread = thread_of(live)
    for body, code in (("x" * 100_000, "too_long"), (" ", "empty"), ("a\x00", "unreadable")):
        assert bob.send(thread, body)["error"]["code"] == code
    assert bob.send(thread, "toujours là")["message"]["seq"] == 1
    assert live.server.log().count("Traceback") == before


def test_a_stranger_is_refused(live: Live) -> None:
    for auth in ({}, {"token": "enc_wrong"}, {"cookie": "forged"}):
        with pytest.raises(CannotConnect):
            Client(live.url, **auth).connect()
    foreign = Client(live.url, token=live.people["bob"]["token"])
    with pytest.raises(CannotConnect):
        foreign.sio.connect(live.url, headers={"Origin": "https://evil.test"}, transports=["websocket"])


def test_polling_works_too_and_deflate_is_refused(live: Live, client_of: Connect, thread_of: NewId) -> None:
    thread = thread_of(live)
    bob = client_of(live, "bob", transports=["polling"])
    bob.join(thread)
    bob.send(thread, "par sondage")
    assert bob.wait("message.posted")["message"]["seq"] == 1
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Extensions": "permessage-deflate",
    }
    url = f"{live.url}/socket.io/?EIO=4&transport=websocket"
    with requests.get(url, headers=headers, stream=True, timeout=5) as answer:
        assert answer.status_code == 101
        assert "Sec-WebSocket-Extensions" not in answer.headers


def test_a_flood_is_slowed_down_and_says_when_to_try_again(
    live: Live, client_of: Connect, thread_of: NewId
) -> None:
    thread, ada, bob = thread_of(live), client_of(live, "ada"), client_of(live, "bob")
    answers: list[Any] = []
    for _ in range(800):
        ada.sio.emit("message.send", {}, callback=answers.append)
    wait_for(lambda: len(answers) == 800, 60, "800 answers")
    refused = [answer["error"] for answer in answers if answer["error"]["code"] == "rate_limited"]
    assert refused
    assert all(error["retry_after"] >= 1 for error in refused)
    assert len(answers) - len(refused) >= 600
    assert bob.send(thread, "les autres continuent")["ok"]
    headers = {"Authorization": f"Bearer {live.people['ada']['token']}"}
    body = {"client_id": str(uuid.uuid4()), "body": "par HTTP"}
    url = f"{live.url}/api/v1/threads/{thread}/messages"
    for _ in range(100):
        ada.sio.emit("message.send", {})
    wait_for(lambda: ada.call("message.send", {})["error"]["code"] == "rate_limited", what="the limit")
    assert requests.post(url, json=body, headers=headers, timeout=5).status_code in (201, 429)
