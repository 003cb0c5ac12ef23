"""A refused upload is read to its end before it is answered.

A server that answers and hangs up while the other side still sends makes the kernel reset the
connection: a browser shows an error of its own instead of our sentence, and a proxy takes the
process for a dead one. What is read here is thrown away, up to the size any upload may have.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import LimitedStream, get_content_length

from webapp.core.db import let_others_in

PIECE = 64 * 1024
TURN = 512 * 1024
LONGEST_SECONDS = 60.0


class ReadToTheEnd:
    """Put around the application: whatever it left unread of a body of known length is read."""

    def __init__(self, application: Callable[..., Iterable[bytes]], largest: int) -> None:
        self._application = application
        self._largest = largest

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = get_content_length(environ)
        # Who asks `Expect: 100-continue` waits to be told, and sends nothing when refused.
        if not length or length > self._largest or "HTTP_EXPECT" in environ:
            return self._application(environ, start_response)
        body = environ["wsgi.input"] = Body(environ["wsgi.input"], length)
        answer = self._application(environ, start_response)
        _read(body)
        return answer


class Body(LimitedStream):
    """A body that lets others run between its pieces: what has arrived already would be taken apart in one
    stretch, three megabytes in 60 ms."""

    _since = 0

    def readinto(self, buffer: Any) -> int | None:
        size = super().readinto(buffer)
        self._since += size or 0
        if self._since >= TURN:
            self._since = 0
            let_others_in()
        return size


def _read(body: LimitedStream) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    try:
        while not body.is_exhausted and time.monotonic() < deadline:
            body.read(PIECE)
    except ClientDisconnected:
        return
