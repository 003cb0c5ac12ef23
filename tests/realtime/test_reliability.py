"""Nothing is lost or doubled when the server dies or the network goes (R1 and R2)."""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections.abc import Callable

import pytest

from tests.proofs import Figures, size
from tests.realtime.conftest import Live
from tests.realtime.proxy import Proxy
from tests.realtime.server import Client, wait_for

pytestmark = pytest.mark.server
DATABASES = size(["sqlite"], ["sqlite", "postgresql"])
KILLS, SENDERS, SENDS = size(5, 20), 10, size(22, 100)
CUT_CLIENTS, CUT_MESSAGES, CUT_SECONDS, SPREAD_SECONDS = size((20, 120, 10, 8), (200, 5_000, 600, 610))
KILL_WAIT_SECONDS = 60


class Stubborn(threading.Thread):
    """Sends each of its messages under one client_id until it is acknowledged, however long it takes."""

    def __init__(self, live: Live, handle: str, thread: str, number: int) -> None:
        super().__init__(daemon=True)
        self._live, self._handle, self._thread, self._number = live, handle, thread, number
        self.acknowledged: dict[str, int] = {}
        self._client: Client | None = None

    def run(self) -> None:
        for n in range(SENDS):
            act = str(uuid.uuid4())
            while act not in self.acknowledged:
                self._try(act, f"{self._number}/{n}")
        if self._client is not None:
            self._client.close()

    def _try(self, act: str, body: str) -> None:
        try:
            if self._client is None or not self._client.sio.connected:
                token = self._live.people[self._handle]["token"]
                self._client = Client(self._live.url, token=token).connect()
            answer = self._client.send(self._thread, body, act)
            if answer["ok"]:
                self.acknowledged[act] = answer["message"]["seq"]
        except Exception:
            # The server is dead or dying: the same act again, on another connection.
            if self._client is not None:
                with contextlib.suppress(Exception):
                    self._client.close()
            self._client = None
            time.sleep(0.05)


@pytest.mark.promise("R1")
@pytest.mark.parametrize("database", DATABASES)
def test_kills_during_the_sends_lose_and_double_nothing(
    live_on: Callable[[str], Live], client_of: Callable[..., Client], figures: Figures, database: str
) -> None:
    live = live_on(database)
    thread = live.invoices[0]
    people = ["alice", "bob", "chloe", "david", "emma"]
    senders = [Stubborn(live, people[number % 5], thread, number) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    total = SENDERS * SENDS
    for kill in range(KILLS):
        due = (kill + 1) * total // (KILLS + 2)
        wait_for(lambda due=due: _sum(senders) >= due, KILL_WAIT_SECONDS, f"{due} acknowledgements")
        live.server.kill()
        live.server.start()
    wait_for(lambda: not any(sender.is_alive() for sender in senders), 90, "the end of the sends")
    bob, stored = client_of(live, "bob"), []
    more = True
    while more:
        page = bob.join(thread, stored[-1]["seq"] if stored else 0)
        stored += page["messages"]
        more = page["more"]
    acknowledged = {act: seq for sender in senders for act, seq in sender.acknowledged.items()}
    ids = [message["client_id"] for message in stored]
    figures |= {"sends": total, "kills": KILLS, "stored": len(stored)}
    figures |= {"lost": len(acknowledged.keys() - set(ids)), "doubled": len(ids) - len(set(ids))}
    assert len(acknowledged) == total
    assert [message["seq"] for message in stored] == list(range(1, total + 1))
    assert {message["client_id"]: message["seq"] for message in stored} == acknowledged


def _sum(senders: list[Stubborn]) -> int:
    return sum(len(sender.acknowledged) for sender in senders)


class Follower:
    """Behind its own proxy: keeps what it heard, and catches up by seq when it comes back."""

    def __init__(self, live: Live, handle: str, thread: str) -> None:
        self.proxy = Proxy(live.server.port)
        self._token = live.people[handle]["token"]
        self._thread = thread
        self._messages: dict[int, str] = {}
        self._clients: list[Client] = []
        self.come()

    def come(self) -> None:
        """Connect, and read what was missed until there is no more."""
        client = Client(self.proxy.url, token=self._token)
        client.sio.on("message.posted", lambda payload: self._keep([payload["message"]]))
        client.connect()
        self._clients.append(client)
        more = True
        while more:
            page = client.join(self._thread, self._whole())
            self._keep(page["messages"])
            more = page["more"]

    def _whole(self) -> int:
        """The seq up to which nothing is missing."""
        seq = 0
        while seq + 1 in self._messages:
            seq += 1
        return seq

    def _keep(self, messages: list[dict[str, object]]) -> None:
        for message in messages:
            self._messages[int(str(message["seq"]))] = str(message["id"])

    def count(self) -> int:
        """How many messages it has."""
        return len(self._messages)

    def ordered(self) -> list[tuple[int, str]]:
        return sorted(self._messages.items())

    def close(self) -> None:
        self.proxy.close()
        for client in self._clients:
            threading.Thread(target=client.close, daemon=True).start()


@pytest.mark.promise("R2")
def test_clients_cut_off_come_back_to_the_same_list(
    own_live: Live, client_of: Callable[..., Client], figures: Figures
) -> None:
    live, dice = own_live, random.Random(7)
    thread = live.invoices.pop()
    people = ["alice", "bob", "chloe", "david", "emma", "sonia"]
    followers = [Follower(live, people[number % 6], thread) for number in range(CUT_CLIENTS)]
    cuts = [_cut(dice) for _ in followers]
    started = time.monotonic()

    def lose(follower: Follower, after: float, length: float) -> None:
        time.sleep(after)
        follower.proxy.cut()
        time.sleep(length)
        follower.proxy.mend()
        follower.come()

    losing = [threading.Thread(target=lose, args=(f, *cut)) for f, cut in zip(followers, cuts, strict=True)]
    for thread_ in losing:
        thread_.start()
    speaker = client_of(live, "ada")
    for number in range(CUT_MESSAGES):
        assert speaker.send(thread, f"message {number}")["message"]["seq"] == number + 1
        # Spread over the cuts, so that everyone misses some.
        time.sleep(max(0.0, started + number * SPREAD_SECONDS / CUT_MESSAGES - time.monotonic()))
    for thread_ in losing:
        thread_.join()
    expected = list(range(1, CUT_MESSAGES + 1))
    figures |= {"clients": CUT_CLIENTS, "messages": CUT_MESSAGES}
    figures["longest cut"] = f"{max(length for _after, length in cuts):.0f} s"
    wait_for(
        lambda: all(follower.count() == CUT_MESSAGES for follower in followers),
        2,
        "identical lists",
    )
    figures["with gaps"] = sum([seq for seq, _ in f.ordered()] != expected for f in followers)
    figures["different lists"] = len({tuple(follower.ordered()) for follower in followers}) - 1
    assert (figures["with gaps"], figures["different lists"]) == (0, 0)
    for follower in followers:
        follower.close()


def _cut(dice: random.Random) -> tuple[float, float]:
    """When the network goes, and for how long: it is back when the last message comes, or before."""
    length = dice.uniform(0, CUT_SECONDS)
    return dice.uniform(0, max(3.0, SPREAD_SECONDS - length)), length


def test_a_server_asked_to_stop_ends_in_good_order(own_live: Live, client_of: Callable[..., Client]) -> None:
    bob = client_of(own_live, "bob")
    bob.join(own_live.invoices[0])
    assert own_live.server.stop(15) == 0
    wait_for(lambda: not bob.sio.connected, what="the disconnection")
    assert "Traceback" not in own_live.server.log()
