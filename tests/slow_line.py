"""A phone's line: so many bytes a second, and cut when so many have passed.

Only pieces of uploads are slowed down, cut and counted: everything else passes as it is.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time

STEP = 1024
GONE = struct.pack("ii", 1, 0)  # closed without a word, as when the network is gone


class SlowLine:
    """A loopback HTTP proxy. `cuts` are bytes after which the line is cut; at the `held_at`th it lets no
    piece pass any more until `release`."""

    def __init__(self, port: int, *, per_second: int, cuts: list[int], held_at: int) -> None:
        self._target, self._per_second, self._held_at = port, per_second, held_at
        self._left = list(cuts)
        self._line = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.carried, self.cut, self.held = 0, 0, False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def release(self) -> None:
        self.held = False

    def _accept(self) -> None:
        while True:
            try:
                inner, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(inner,), daemon=True).start()

    def _serve(self, inner: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            inner,
            socket.create_connection(("127.0.0.1", self._target)) as outer,
        ):
            head, rest = _read_head(inner)
            if b"upgrade: websocket" in head.lower():
                outer.sendall(head + rest)
                threading.Thread(target=_copy, args=(outer, inner), daemon=True).start()
                _copy(inner, outer)
                return
            outer.sendall(_closing(head))
            if head.startswith(b"PATCH "):
                self._carry(inner, outer, rest, _length(head))
            else:
                _pass(inner, outer, rest, _length(head))
            _copy(outer, inner)

    def _carry(self, inner: socket.socket, outer: socket.socket, rest: bytes, length: int) -> None:
        """One piece, at the line's pace."""
        self._open |= {inner, outer}
        try:
            while length > 0 and not self.held:
                block, rest = (rest or inner.recv(STEP))[:STEP], rest[STEP:]
                if not block:
                    break
                with self._line:
                    time.sleep(len(block) / self._per_second)
                    self.carried += len(block)
                outer.sendall(block)
                length -= len(block)
                if self._left and self.carried >= self._left[0]:
                    self._break()
            if self.held:
                self._break_off()
        finally:
            self._open -= {inner, outer}

    def _break(self) -> None:
        self._left.pop(0)
        self.cut += 1
        self.held = self.cut == self._held_at
        self._break_off()

    def _break_off(self) -> None:
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, GONE)
                end.close()


def _read_head(inner: socket.socket) -> tuple[bytes, bytes]:
    got = b""
    while b"\r\n\r\n" not in got:
        data = inner.recv(STEP)
        if not data:
            raise OSError("only connected")
        got += data
    head, rest = got.split(b"\r\n\r\n", 1)
    return head + b"\r\n\r\n", rest


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _closing(head: bytes) -> bytes:
    """The same for a connection that ends with its answer."""
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"


def _pass(source: socket.socket, sink: socket.socket, rest: bytes, length: int) -> None:
    while length > 0:
        block = rest or source.recv(65536)
        if not block:
            return
        sink.sendall(block)
        length, rest = length - len(block), b""


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
