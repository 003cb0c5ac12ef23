"""The sending half of a WebSocket, made short: frames are built once for a whole room, and what one turn
of the loop says to a socket leaves in one write.

The one private touch of the live channel (docs/adr/0008): Engine.IO takes its queue and its WebSocket from
`server.eio._async`. Receiving and parsing stay with the library, and so does the handshake. `LIVE_PATH=stock`
leaves everything as the library made it. Contract tests: tests/realtime/test_lines.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import socketio as library
from engineio import packet as engine
from socketio import packet

log = logging.getLogger(__name__)
MOST_UNSENT = 4 * 1024 * 1024  # bytes a client may leave unread; dropped, it comes back and catches up
Soon = Callable[[Callable[[], None]], object]


def frame(message: str | bytes) -> bytes:
    """A whole WebSocket message of a server: FIN, no mask, 7, 16 or 64 bits of length (RFC 6455, 5.2)."""
    text = isinstance(message, str)
    body = message.encode() if isinstance(message, str) else bytes(message)
    first, size = (0x81 if text else 0x82), len(body)
    if size < 126:
        return bytes((first, size)) + body
    if size < 65_536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + body
    return bytes((first, 127)) + size.to_bytes(8, "big") + body


class Corks:
    """Lines with something to say, emptied once a turn."""

    def __init__(self, soon: Soon, spawn: Callable[..., object]) -> None:
        """`soon(call)` runs a call at the next turn of the loop, `spawn(call, *args)` beside it."""
        self._soon, self.spawn = soon, spawn
        self._waiting: list[Line] = []

    def add(self, line: Line) -> None:
        if not self._waiting:
            self._soon(self._pull)
        self._waiting.append(line)

    def _pull(self) -> None:
        lines, self._waiting = self._waiting, []
        for line in lines:
            line.flush()


class Line:
    """One socket's way out. Stands in for its socket, so that control frames keep their place too."""

    def __init__(self, socket: Any, transport: Any, corks: Corks) -> None:
        self._socket, self._transport, self._corks = socket, transport, corks
        self._chunks: list[bytes] = []
        self._unsent = 0
        self._draining = self._dead = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def sendall(self, data: bytes) -> None:
        """Say it at the end of this turn. Raises OSError when the socket is gone."""
        if self._dead:
            raise OSError("the socket is gone")
        if not self._chunks and not self._draining:
            self._corks.add(self)
        self._chunks.append(data)
        self._unsent += len(data)
        if self._unsent > MOST_UNSENT:
            self._drop()

    def flush(self) -> None:
        """Write what waits, as far as the kernel takes it at once; the rest follows beside the loop."""
        if self._draining or self._dead or not self._chunks:
            return
        data = self._take()
        try:
            sent = self._socket.fd.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._gone()
            return
        if sent < len(data):
            self._unsent += len(data) - sent
            self._draining = True
            self._corks.spawn(self._drain, data[sent:])

    def shutdown(self, how: Any) -> None:
        """What is still to be said goes first."""
        self.flush()
        self._socket.shutdown(how)

    def _take(self) -> bytes:
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._unsent = 0
        return data

    def _drain(self, data: bytes) -> None:
        try:
            while data:
                size = len(data)
                self._socket.sendall(data)
                self._unsent -= size
                data = b"".join(self._chunks)
                self._chunks.clear()
        except OSError:
            self._gone()
        finally:
            self._draining = False

    def _drop(self) -> None:
        log.warning("a socket left %d bytes unread, dropping it", self._unsent)
        self._gone()

    def _gone(self) -> None:
        self._dead = True
        self._chunks.clear()
        self._corks.spawn(self._transport.close, False, True)


class RoomManager(library.Manager):
    """One loop over a room: the frame is the same for everybody in it."""

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **more: Any,
    ) -> None:
        """As the library's, which also does what is not one plain message to one room."""
        room = to or room
        stock = callback is not None or isinstance(room, list | tuple) or isinstance(data, tuple)
        if stock or isinstance(skip_sid, list | tuple) or namespace not in self.rooms:
            super().emit(event, data, namespace, room, skip_sid, callback, **more)
            return
        said = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, data]).encode()
        whole = engine.Packet(engine.MESSAGE, said)
        framed = frame(whole.encode())
        sockets = self.server.eio.sockets
        for sid, eio_sid in self.get_participants(namespace, room):
            transport = sockets.get(eio_sid)
            if sid == skip_sid or transport is None or transport.closed:
                continue
            line = getattr(transport.queue, "line", None)
            if line is None or not transport.queue.empty():
                self.server._send_eio_packet(eio_sid, whole)
            else:
                _write(line, framed)


def _write(line: Line, framed: bytes) -> None:
    try:
        line.sendall(framed)
    except OSError:
        log.debug("a socket went away")


def install(server: Any, soon: Soon, spawn: Callable[..., object]) -> None:
    """Shorten the way out of a Socket.IO server that runs on one loop."""
    parts, corks = server.eio._async, Corks(soon, spawn)

    def websocket(handler: Callable[[Any], Any], eio: Any) -> Any:
        transport = handler.__self__  # type: ignore[attr-defined]

        def handle(socket: Any) -> Any:
            _attach(socket, transport, corks)
            return handler(socket)

        return parts["websocket"](handle, eio)

    server.eio._async = {**parts, "queue": _outbox(parts["queue"]), "websocket": websocket}


def _attach(socket: Any, transport: Any, corks: Corks) -> None:
    """Give a WebSocket its line: at once, or when polling has ended."""
    line = socket.socket = Line(socket.socket, transport, corks)
    if not transport.connected:
        transport.queue.line = line
        return
    send = socket.send

    def first(message: Any, **options: Any) -> None:
        send(message, **options)
        if transport.upgraded:
            socket.send, transport.queue.line = send, line

    socket.send = first


def _outbox(stock: Any) -> type:
    """The library's queue, for a transport whose packets may pass it by."""

    class Outbox(stock):  # type: ignore[misc]
        """Once the WebSocket is up, packets go to its line when nothing waits here."""

        line: Line | None = None

        def put(self, item: Any, *args: Any, **options: Any) -> None:
            if item is None or self.line is None or not self.empty():
                super().put(item, *args, **options)
            else:
                _write(self.line, frame(item.encode()))

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            """The library takes a queue where nothing passes for a dead client: here that says nothing.
            Pings still tell who is gone."""
            return super().get(block, None if self.line is not None else timeout)

    return Outbox
