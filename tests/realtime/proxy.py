"""A loopback TCP proxy that can be cut: connections stay half-open, nothing passes any more."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """Between one client and the server. `cut()` lets both ends believe they are still joined."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open = threading.Event()
        self._open.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._open.clear()

    def mend(self) -> None:
        """New connections pass again; those of before the cut are lost for good."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.close()
        self._open.set()

    def close(self) -> None:
        self._listener.close()
        self.mend()

    def _accept(self) -> None:
        while True:
            try:
                inner, _address = self._listener.accept()
                outer = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            pair = (inner, outer)
            self._pairs.append(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._open.is_set():
                    return  # half-open: what was under way is lost, and nobody is told
                sink.sendall(data)
        if self._open.is_set():
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.close()
