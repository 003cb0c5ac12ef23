"""The short way out of a socket says what the library's would: the same frames, the same order, no more."""

from __future__ import annotations

import os
import queue
import shutil
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, TextMessage

from tests.realtime.conftest import Live, _live
from tests.realtime.server import Client, wait_for
from webapp.realtime.lines import MOST_UNSENT, Corks, Line, frame, install


def read(data: bytes) -> list[str | bytes]:
    """What a WebSocket client of another make reads."""
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(data)
    whole: list[str | bytes] = []
    for event in client.events():
        assert isinstance(event, TextMessage | BytesMessage)
        whole.append(event.data)
        assert event.message_finished
    return whole


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_reads_back_whole_whatever_its_length(size: int) -> None:
    assert read(frame("a" * size)) == ["a" * size]
    assert read(frame(b"\x00" * size)) == [b"\x00" * size]


def test_frames_follow_each_other_and_carry_every_letter() -> None:
    said = ['42["é"]', "👩‍👩‍👧", "‮abc", ""]
    assert read(b"".join(map(frame, said))) == said


class Turns:
    """A loop that turns when told; what runs beside it runs at once."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []
        self.corks = Corks(self.calls.append, lambda call, *args: call(*args))

    def turn(self) -> None:
        calls, self.calls = self.calls, []
        for call in calls:
            call()


class Green:
    """A socket as the engine gives it: `fd` never waits, `sendall` does."""

    def __init__(self, real: socket.socket) -> None:
        self.fd, self.sent = real, 0
        real.setblocking(False)

    def sendall(self, data: bytes) -> None:
        self.sent += len(data)


class Transport:
    closed_with: tuple[object, ...] | None = None

    def close(self, *args: object) -> None:
        self.closed_with = args


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_one_turn_is_one_write(pair: tuple[socket.socket, socket.socket]) -> None:
    turns, transport = Turns(), Transport()
    line = Line(Green(pair[0]), transport, turns.corks)
    for word in ("un", "deux", "trois"):
        line.sendall(frame(word))
    assert len(turns.calls) == 1
    turns.turn()
    assert read(pair[1].recv(1_000)) == ["un", "deux", "trois"]


def test_what_the_kernel_does_not_take_at_once_follows_in_order(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    turns, transport = Turns(), Transport()
    green = Green(pair[0])
    line = Line(green, transport, turns.corks)
    big = frame("x" * 1_000_000)
    line.sendall(big)
    turns.turn()
    taken = len(pair[1].recv(2_000_000, socket.MSG_PEEK))
    assert 0 < green.sent < len(big) and taken + green.sent <= len(big)
    assert transport.closed_with is None


def test_who_stops_reading_is_dropped_and_hears_no_more(pair: tuple[socket.socket, socket.socket]) -> None:
    turns, transport = Turns(), Transport()
    line = Line(Green(pair[0]), transport, turns.corks)
    piece = frame("x" * 100_000)
    with pytest.raises(OSError):
        for _ in range(MOST_UNSENT // len(piece) + 2):
            line.sendall(piece)
    assert transport.closed_with == (False, True)


def test_a_farewell_comes_after_what_was_said(pair: tuple[socket.socket, socket.socket]) -> None:
    turns = Turns()
    green = Green(pair[0])
    green.shutdown = lambda _how: pair[0].shutdown(socket.SHUT_WR)  # type: ignore[attr-defined]
    line = Line(green, Transport(), turns.corks)
    line.sendall(frame("au revoir"))
    line.shutdown(True)
    assert read(pair[1].recv(1_000)) == ["au revoir"]


class Asked(queue.Queue):  # type: ignore[type-arg]
    """A queue that notes for how long it was asked to wait."""

    waits: ClassVar[list[float | None]] = []

    def get(self, block: bool = True, timeout: float | None = None) -> object:
        self.waits.append(timeout)
        return "said"


def test_a_quiet_queue_is_no_sign_of_a_dead_client_once_packets_pass_it_by() -> None:
    server = SimpleNamespace(eio=SimpleNamespace(_async={"queue": Asked, "websocket": None}))
    install(server, lambda call: call(), lambda call, *args: call(*args))
    box = server.eio._async["queue"]()
    box.get(timeout=40)
    box.line = object()
    box.get(timeout=40)
    assert Asked.waits == [40, None]


@pytest.fixture(params=["fast", "stock"])
def way(request: pytest.FixtureRequest, seeded: Any) -> Iterator[Live]:
    live = _live(seeded, request.param, LIVE_PATH=request.param)
    yield live
    live.server.stop()
    shutil.rmtree(live.server.folder, ignore_errors=True)


@pytest.mark.server
@pytest.mark.skipif(os.environ.get("ASYNC_MODE", "eventlet") != "eventlet", reason="eventlet's alone")
def test_both_ways_say_the_same_to_sockets_that_start_either_way(way: Live) -> None:
    """One socket begins by polling and upgrades, the other is a WebSocket from the start."""
    thread = way.invoices[0]
    bob = Client(way.url, token=way.people["bob"]["token"]).connect(transports=["polling", "websocket"])
    alice = Client(way.url, token=way.people["alice"]["token"]).connect()
    try:
        for person in (bob, alice):
            assert person.join(thread)["ok"]
        long = "é" * 9_000
        for body in ("un", long, "**trois**"):
            assert bob.send(thread, body)["ok"]
        for person in (bob, alice):
            person.wait("message.posted", 3)
            heard = [each["message"]["body"] for each in person.named("message.posted")]
            assert heard == ["un", long, "**trois**"]
        alice.call(
            "message.react", {"message_id": alice.named("message.posted")[0]["message"]["id"], "emoji": "👍"}
        )
        assert bob.wait("message.reacted")["message"]["reactions"][0]["emoji"] == "👍"
        wait_for(lambda: len(bob.named("presence.changed")) >= 1)
    finally:
        bob.close()
        alice.close()
