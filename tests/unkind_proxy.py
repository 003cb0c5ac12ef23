"""A loopback HTTP proxy that is unkind to some requests: it cuts, delays and repeats them.

Everything else passes as it is, sockets included; but these can be cut, and what the server says over
them can be swallowed. What it did is counted by name.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable

# What may happen to a request: nothing; lost on the way; its answer lost, or half of it; late; sent twice.
FAULTS = ("none", "lost", "answer_lost", "answer_cut", "late", "twice")
NO_FAULTS, SLOW = ("none",), ("late",)
LATE_SECONDS = 0.6
Choose = Callable[[bytes], str]


class UnkindProxy:
    """`choose(head)` names the fault of each request by its first line and headers."""

    def __init__(self, port: int, choose: Choose) -> None:
        self._target, self._choose = port, choose
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.did: Counter[str] = Counter()
        self.mute = False  # the server hears and does, and its sockets bring nothing back
        self._joined: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def cut(self) -> None:
        """End every socket that is open, as a tunnel does."""
        for each in list(self._joined):
            self.did["cut"] += 1
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                inner, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(inner,), daemon=True).start()

    def _serve(self, inner: socket.socket) -> None:
        with contextlib.suppress(OSError), inner:
            request = _read_request(inner)
            if not request:
                return
            head = request.split(b"\r\n\r\n", 1)[0]
            if b"upgrade: websocket" in head.lower():
                self._join(inner, request)
                return
            fault = self._choose(head)
            self.did[fault] += 1
            self._pass(inner, _closing(request), fault)

    def _pass(self, inner: socket.socket, request: bytes, fault: str) -> None:
        if fault == "lost":
            return
        if fault == "late":
            time.sleep(LATE_SECONDS)
        if fault == "twice":
            self._ask(request)
        answer = self._ask(request)
        if fault == "answer_cut":
            inner.sendall(answer[: len(answer) // 2])
        elif fault != "answer_lost":
            inner.sendall(answer)

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._target)) as outer:
            outer.sendall(request)
            return b"".join(iter(lambda: outer.recv(65536), b""))

    def _join(self, inner: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as outer:
            outer.sendall(request)
            self._joined.add(inner)
            back = threading.Thread(target=_copy, args=(outer, inner, lambda: self.mute), daemon=True)
            back.start()
            _copy(inner, outer, lambda: False)
            back.join(1)
            self._joined.discard(inner)


def _copy(source: socket.socket, sink: socket.socket, swallowed: Callable[[], bool]) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if not swallowed():
                sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _read_request(inner: socket.socket) -> bytes:
    """Head and body of one request; nothing when the other side only connected."""
    got = b""
    while b"\r\n\r\n" not in got:
        data = inner.recv(65536)
        if not data:
            return b""
        got += data
    head, body = got.split(b"\r\n\r\n", 1)
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    while len(body) < int(lengths[0] if lengths else 0):
        data = inner.recv(65536)
        if not data:
            return b""
        body += data
    return head + b"\r\n\r\n" + body


def _closing(request: bytes) -> bytes:
    """The same for a connection that ends with its answer."""
    head, body = request.split(b"\r\n\r\n", 1)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body
