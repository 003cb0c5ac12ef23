"""A program that speaks the API, for proofs: keeps a connection, knows nothing of the code."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any


class Program:
    """Calls one server with one token. `call` gives the status and the JSON answer."""

    def __init__(self, port: int, token: str, timeout: float = 30.0) -> None:
        self._port, self._token, self._timeout = port, token, timeout
        self._connection: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Raises OSError or HTTPException when nobody answers."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._timeout)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        try:
            self._connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except BaseException:
            self._connection.close()
            self._connection = None
            raise
        return answer.status, json.loads(content) if content else None

    def send(self, thread_id: str, body: str, act: str | None = None) -> tuple[int, Any]:
        """Post a message under a UUID of its own, or `act`."""
        message = {"client_id": act or str(uuid.uuid4()), "body": body}
        return self.call("POST", f"/threads/{thread_id}/messages", message)

    def timed(self, method: str, path: str, body: Any = None) -> tuple[int, float]:
        """The status (0: nobody answered) and how many seconds it took."""
        start = time.monotonic()
        try:
            status = self.call(method, path, body)[0]
        except (OSError, http.client.HTTPException):
            status = 0
        return status, time.monotonic() - start


class Repeating(threading.Thread):
    """Does `act(n)` for n = 0, 1, 2, ... until told to stop; keeps what each acknowledged one gave."""

    def __init__(self, act: Callable[[int], str | None], pause: float = 0.0) -> None:
        super().__init__(daemon=True)
        self._act, self._pause = act, pause
        self._enough = threading.Event()
        self.acknowledged: list[str] = []
        self.refused = 0

    def run(self) -> None:
        number = 0
        while not self._enough.wait(self._pause):
            try:
                given = self._act(number)
            except (OSError, http.client.HTTPException):
                given = None
            if given is None:
                self.refused += 1
            else:
                self.acknowledged.append(given)
            number += 1

    def stop(self) -> None:
        self._enough.set()
        self.join(60)
