"""R18: many write at once on SQLite, by socket, API, worker and command line; nobody is told of a lock."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
import requests

from tests.proofs import Figures, size
from tests.realtime.conftest import Live
from tests.realtime.server import Client

pytestmark = [pytest.mark.server, pytest.mark.promise("R18")]
WRITERS, SECONDS, COMMANDS = size((20, 3, 1), (100, 60, 5))
PEOPLE = ("alice", "bob", "chloe", "david", "emma", "sonia")
COMMAND = """
import uuid
from webapp.core.db import unit_of_work
from webapp.clients.services import upsert_client
from webapp.users.actor import system_actor
for number in range(20):
    with unit_of_work(): upsert_client(system_actor(), f"{prefix}-{{number}}", {{"legal_name": "Client"}})
"""


class Writers:
    """Threads that write until told to stop, and what each was answered."""

    def __init__(self, live: Live, connect: Callable[..., Client]) -> None:
        self._live, self._connect = live, connect
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.answers: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]

    def run(self, seconds: float) -> None:
        for thread in self._threads:
            thread.start()
        time.sleep(seconds)
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _write(self, number: int) -> None:
        handle, thread = PEOPLE[number % len(PEOPLE)], self._live.invoices[number % 20]
        write = self._by_socket(handle, thread) if number % 2 else self._by_api(handle, thread)
        while not self._stop.is_set():
            answer = write()
            with self._lock:
                self.answers[answer] += 1

    def _by_socket(self, handle: str, thread: str) -> Callable[[], str]:
        client = self._connect(self._live, handle)

        def send() -> str:
            answer = client.send(thread, "un mot")
            return "ok" if answer["ok"] else answer["error"]["code"]

        return send

    def _by_api(self, handle: str, thread: str) -> Callable[[], str]:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {self._live.people[handle]['token']}"
        url = f"{self._live.url}/api/v1/threads/{thread}/messages"

        def post() -> str:
            body = {"client_id": str(uuid.uuid4()), "body": "un mot"}
            status = session.post(url, json=body, timeout=30).status_code
            return "ok" if status == 201 else str(status)

        return post


def test_nobody_is_told_that_the_database_is_locked(
    own_live: Live, client_of: Callable[..., Client], figures: Figures
) -> None:
    live = own_live
    writers = Writers(live, client_of)
    failed: list[str] = []

    def command(number: int) -> None:
        try:
            live.server.run(COMMAND.format(prefix=f"L{number}"))
        except AssertionError as error:
            failed.append(str(error))

    commands = [threading.Thread(target=command, args=(number,)) for number in range(COMMANDS)]
    for thread in commands:
        thread.start()
    writers.run(SECONDS)
    for thread in commands:
        thread.join()
    refused = {answer: count for answer, count in writers.answers.items() if answer not in ACCEPTED}
    figures |= {"writers": WRITERS, "seconds": SECONDS, "writes": writers.answers["ok"]}
    figures |= {"asked to slow down": writers.answers["429"] + writers.answers["rate_limited"]}
    figures |= {"failed": sum(refused.values()) + len(failed)}
    assert writers.answers["ok"] > WRITERS
    assert refused == {}
    assert failed == []
    assert "database is locked" not in live.server.log()


ACCEPTED = {"ok", "429", "rate_limited"}
