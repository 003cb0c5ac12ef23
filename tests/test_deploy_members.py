"""Members on both processes behind nginx hear every message once; those of a killed one come back."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import socketio

from tests.proofs import Figures, size
from tests.several import Several, wait_for

pytestmark = [pytest.mark.server, pytest.mark.promise("several")]
MEMBERS, MESSAGES = size((6, 60), (40, 2_000))
CALL_SECONDS = 10


@pytest.fixture(scope="module")
def site() -> Iterator[Several]:
    """nginx, two web processes, a worker, PostgreSQL and Redis."""
    several = Several()
    try:
        several.wait()
        several.seed()
        yield several
    finally:
        several.stop()


class Member:
    """Follows the thread through nginx; comes back by itself and catches up by seq."""

    def __init__(self, site: Several, handle: str) -> None:
        self._site, self._handle = site, handle
        self._lock = threading.Lock()
        self.seqs: set[int] = set()
        self.twice: Counter[int] = Counter()
        self.returns = -1
        self._leaving = False
        self.come()

    def come(self) -> None:
        """Connect, join, and read what was missed until there is no more."""
        self.returns += 1
        heard: Counter[int] = Counter()
        self._socket = socketio.Client(reconnection=False, handle_sigint=False)
        self._socket.on("message.posted", lambda payload: self._hear(payload["message"], heard))
        self._socket.on(
            "disconnect", lambda *_: self._leaving or threading.Thread(target=self._return).start()
        )
        token = self._site.tokens[self._handle]
        self._socket.connect(self._site.url, auth={"token": token}, transports=["websocket"], wait_timeout=10)
        more = True
        while more:
            page = self._socket.call(
                "thread.join",
                {"thread_id": self._site.invoice_id, "after_seq": self._whole()},
                timeout=CALL_SECONDS,
            )
            with self._lock:
                self.seqs |= {message["seq"] for message in page["messages"]}
            more = page["more"]

    def _return(self) -> None:
        def back() -> bool:
            with contextlib.suppress(Exception):
                self.come()
                return True
            return False

        wait_for(back, "the way back")

    def _hear(self, message: dict[str, Any], heard: Counter[int]) -> None:
        with self._lock:
            heard[message["seq"]] += 1
            self.seqs.add(message["seq"])
            if heard[message["seq"]] > 1:
                self.twice[message["seq"]] += 1

    def _whole(self) -> int:
        seq = 0
        while seq + 1 in self.seqs:
            seq += 1
        return seq

    def send(self, body: str) -> None:
        """Until it is acknowledged, under one client_id."""
        act = {"thread_id": self._site.invoice_id, "client_id": str(uuid.uuid4()), "body": body}

        def sent() -> bool:
            with contextlib.suppress(Exception):
                return bool(self._socket.call("message.send", act, timeout=CALL_SECONDS)["ok"])
            return False

        wait_for(sent, "the acknowledgement", 60)

    def leave(self) -> None:
        self._leaving = True
        threading.Thread(target=self._socket.disconnect, daemon=True).start()


def test_members_on_both_hear_every_message_once_and_come_back_from_a_killed_process(
    site: Several, figures: Figures
) -> None:
    handles = ("alice", "ada")
    members = [Member(site, handles[number // 2 % 2]) for number in range(MEMBERS)]
    speakers = members[:4]

    def speak(member: Member, number: int) -> None:
        for each in range(MESSAGES // len(speakers)):
            member.send(f"{number}/{each}")

    threads = [threading.Thread(target=speak, args=(m, n)) for n, m in enumerate(speakers)]
    for thread in threads:
        thread.start()
    wait_for(lambda: max(members[-1].seqs, default=0) >= MESSAGES // 3, "a third of the messages", 120)
    os.kill(site.pids["web 1"], signal.SIGKILL)
    for thread in threads:
        thread.join()
    wait_for(lambda: all(len(member.seqs) == MESSAGES for member in members), "every message", 60)
    figures |= {"members": MEMBERS, "messages": MESSAGES}
    figures["members who came back"] = sum(member.returns > 0 for member in members)
    figures["heard twice"] = sum(member.twice.total() for member in members)
    for member in members:
        member.leave()
    assert all(member.seqs == set(range(1, MESSAGES + 1)) for member in members)
    assert figures["heard twice"] == 0
    assert 0 < figures["members who came back"] < MEMBERS
