"""A served house with the cast, and a program and sockets that speak to it while things break."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.realtime.conftest import SEED
from tests.realtime.server import ROOT, Client, Server


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: how long it took, and what it said. Status 0: nobody answered in time."""

    status: int
    seconds: float
    kind: str = ""
    body: str = ""
    retry_after: str | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class House:
    """One or more web processes on one database, seeded with the cast and sixty invoices."""

    def __init__(self, folder: Path, *, processes: int = 1, **environ: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.servers = [Server(folder, PYTHONPATH=str(ROOT), **environ) for _ in range(processes)]
        seed = json.loads(self.servers[0].run(SEED).splitlines()[-1])
        self.people: dict[str, dict[str, str]] = seed["people"]
        self.invoices: list[str] = seed["invoices"]
        self.client_id: str = seed["client"]
        self.sockets: list[Client] = []

    def start(self) -> House:
        for server in self.servers:
            server.start()
        return self

    def stop(self) -> None:
        for client in self.sockets:
            client.close()
        for server in self.servers:
            server.stop()

    def socket(self, handle: str, process: int = 0) -> Client:
        client = Client(self.servers[process].url, token=self.people[handle]["token"])
        self.sockets.append(client)
        return client.connect()

    def ask(
        self, method: str, path: str, body: Any = None, *, process: int = 0, page: bool = False
    ) -> Answer:
        """As Alice: the API by her token, or with `page` a browser by her cookie."""
        headers = {"Authorization": f"Bearer {self.people['alice']['token']}", "Accept": "application/json"}
        content = json.dumps(body) if body is not None else None
        if content:
            headers["Content-Type"] = "application/json"
        if page:
            headers = {"Cookie": f"encours={self.people['alice']['cookie']}", "Accept": "text/html"}
        return self._request(method, path, headers, content, process)

    def _request(
        self, method: str, path: str, headers: dict[str, str], content: str | None, process: int
    ) -> Answer:
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.servers[process].port, timeout=30)
        try:
            connection.request(method, path, content.encode() if content else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return Answer(0, time.monotonic() - start)
        finally:
            connection.close()
        seconds = time.monotonic() - start
        kind = answer.headers.get_content_type()
        return Answer(answer.status, seconds, kind, text, answer.headers.get("Retry-After"))

    def send(self, body: str, act: str | None = None, process: int = 0) -> Answer:
        """Alice writes in the first invoice’s thread."""
        message = {"client_id": act or str(uuid.uuid4()), "body": body}
        path = f"/api/v1/threads/{self.invoices[0]}/messages"
        return self.ask("POST", path, message, process=process)

    def read(self) -> Answer:
        return self.ask("GET", "/api/v1/clients")

    def bodies(self) -> list[str]:
        """Every message of that thread, in the order of `seq`; a hole is an error."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["seq"] if found else 0
            path = f"/api/v1/threads/{self.invoices[0]}/messages?after_seq={after}&limit=200"
            page = self.ask("GET", path).json["items"]
            if not page:
                break
            found += page
        assert [each["seq"] for each in found] == list(range(1, len(found) + 1))
        return [each["body"] for each in found]


def until(condition: Callable[[], Any], seconds: float) -> float:
    """Seconds until `condition` held. Raises AssertionError when it did not in time."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - start
