"""Two web processes on one PostgreSQL: everybody hears everything once, with Redis and without."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from socketio.exceptions import SocketIOError

from tests.proofs import Figures, size
from tests.realtime.conftest import Live, Several
from tests.realtime.server import Client, wait_for
from tests.realtime.test_rights import ACTS, elsewhere

pytestmark = pytest.mark.server
Connect = Callable[..., Client]
TOTAL = size(60, 2_000)
WITHOUT_REDIS_SECONDS = 15
WITHIN_SECONDS = size(5, 1)  # promised: 1, on a machine that has nothing else to do


def seqs(client: Client) -> list[int]:
    return [payload["message"]["seq"] for payload in client.named("message.posted")]


def test_members_on_both_hear_every_message_once(several: Several, client_of: Connect) -> None:
    thread = several.one.invoices[0]
    alice, bob = client_of(several.one, "alice"), client_of(several.two, "bob")
    ada, emma = client_of(several.one, "ada"), client_of(several.two, "emma")
    everybody = (alice, bob, ada, emma)
    for client in everybody:
        assert client.join(thread)["ok"]

    def speak(client: Client, name: str) -> None:
        for number in range(TOTAL // 2):
            assert client.send(thread, f"{name} {number}")["ok"]

    speakers = [threading.Thread(target=speak, args=pair) for pair in ((alice, "alice"), (bob, "bob"))]
    for speaker in speakers:
        speaker.start()
    for speaker in speakers:
        speaker.join()
    expected = list(range(1, TOTAL + 1))
    for client in everybody:
        wait_for(lambda c=client: len(seqs(c)) >= TOTAL, WITHOUT_REDIS_SECONDS, "every message")
        assert sorted(seqs(client)) == expected


def test_unread_marks_and_read_marks_cross(several: Several, client_of: Connect) -> None:
    thread = several.one.invoices[1]
    alice, bob = client_of(several.one, "alice"), client_of(several.two, "bob")
    bob.join(thread)
    assert alice.send(thread, "je suis cette facture")["ok"]  # she follows it from here on
    alice.call("thread.leave", {"thread_id": thread})
    said = bob.send(thread, "@alice le client paie lundi")["message"]
    waiting = alice.wait("thread.unread", seconds=WITHOUT_REDIS_SECONDS)
    assert (waiting["seq"], waiting["mentioned"]) == (said["seq"], True)
    other = client_of(several.two, "alice")
    alice.call("thread.read", {"thread_id": thread, "seq": said["seq"]})
    assert other.wait("thread.read", seconds=WITHOUT_REDIS_SECONDS)["seq"] == said["seq"]


@pytest.mark.promise("R7")
@pytest.mark.parametrize(("who", "how"), [("chloe", "demoted"), ("david", "disabled")])
def test_who_lost_a_right_falls_silent_in_both(
    several: Several, client_of: Connect, figures: Figures, who: str, how: str
) -> None:
    thread = several.one.invoices[2]
    screens = [client_of(live, who) for live in (several.one, several.two)]
    speaker = client_of(several.one, "alice")
    for client in (*screens, speaker):
        client.join(thread)
    fell_silent: list[float] = []
    watches = [threading.Thread(target=watch, args=(client, thread, fell_silent)) for client in screens]
    for each in watches:
        each.start()
    committed = elsewhere(several.one, ACTS[how].format(id=several.one.people[who]["id"]))
    for each in watches:
        each.join(20)
    figures["silent on both after"] = f"{(max(fell_silent) - committed) * 1000:.0f} ms"
    assert len(fell_silent) == 2
    assert max(fell_silent) - committed < WITHIN_SECONDS
    for client in screens:
        client.heard.clear()
    for number in range(5):
        assert speaker.send(thread, f"sans témoin {number}")["ok"]
    witness = client_of(several.two, "emma")
    witness.join(thread)
    speaker.send(thread, "fin")
    witness.wait("message.posted", seconds=WITHOUT_REDIS_SECONDS)
    for client in screens:
        assert client.named("message.posted") == []


def watch(client: Client, thread: str, fell_silent: list[float]) -> None:
    """Note when it was first asked in vain."""
    asked = time.time()
    while hears(client, thread):
        time.sleep(0.02)
        asked = time.time()
    fell_silent.append(asked)


def hears(client: Client, thread: str) -> bool:
    """Whether the server still takes it for somebody in the thread."""
    try:
        return bool(client.call("thread.typing", {"thread_id": thread}, timeout=2)["ok"])
    except SocketIOError:
        return False  # cut, or cut while it asked


@pytest.mark.parametrize("several", ["redis up"], indirect=True)
def test_presence_and_typing_cross(several: Several, client_of: Connect) -> None:
    thread = several.one.invoices[3]
    alice, bob = client_of(several.one, "alice"), client_of(several.two, "bob")
    alice.join(thread)
    bob.join(thread)
    people = {several.one.people[name]["id"] for name in ("alice", "bob")}

    def shown(client: Client) -> set[str]:
        return {user["id"] for user in (client.named("presence.changed") or [{"users": []}])[-1]["users"]}

    wait_for(lambda: shown(alice) == people and shown(bob) == people, what="both on both screens")
    bob.call("thread.typing", {"thread_id": thread})
    assert alice.wait("thread.typing")["user"]["id"] == several.one.people["bob"]["id"]
    bob.call("thread.leave", {"thread_id": thread})
    wait_for(lambda: shown(alice) == {several.one.people["alice"]["id"]}, what="Bob's departure")


def test_one_process_killed_its_clients_go_to_the_other_and_catch_up(
    several: Several, client_of: Connect, request: pytest.FixtureRequest
) -> None:
    thread = several.one.invoices[4]
    alice, bob = client_of(several.one, "alice"), client_of(several.two, "bob")
    alice.join(thread)
    bob.join(thread)
    for number in range(10):
        assert bob.send(thread, f"avant {number}")["ok"]
    several.one.server.kill()
    request.addfinalizer(several.one.server.start)
    for number in range(10):
        assert bob.send(thread, f"pendant {number}")["ok"]
    back = client_of(Live(several.two.server, several.two.people, [], ""), "alice")
    seen = max(seqs(alice), default=0)
    caught = [message["seq"] for message in back.join(thread, seen)["messages"]]
    assert seqs(alice) + caught == list(range(1, 21))
    assert bob.send(thread, "après")["ok"]
    assert back.wait("message.posted")["message"]["seq"] == 21
