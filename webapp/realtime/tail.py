"""News of other processes: read at once when Redis says there is some, else every 0.4 seconds."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask

from webapp.core import bus, signals
from webapp.core.bus import Bus, Hint
from webapp.extensions import db, socketio
from webapp.realtime import ears, elsewhere, registry, rights

log = logging.getLogger(__name__)
PERIOD_SECONDS = 0.4
RECHECK_SECONDS = 30.0
PURGE_SECONDS = 3600.0
MOST_QUEUED = 4_000  # packets a socket may leave unread before it is dropped to catch up by seq


def start(app: Flask) -> None:
    """Start reading, in the background of a process with sockets."""
    tail = Tail(app)
    socketio.start_background_task(tail.run)
    channel: Bus = app.extensions["encours.bus"]
    if channel.connected:
        socketio.start_background_task(channel.listen, tail.hear, socketio.sleep)


class Tail:
    """The background task of a process with sockets."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._reader: signals.Reader | None = None
        self._well = True
        self._waker = threading.Event()
        self._rechecked = self._purged = self._told = time.monotonic()

    def hear(self, hint: Hint) -> None:
        """A hint of another process: news to read, or who is there."""
        if hint["kind"] == bus.NEWS:
            self._waker.set()
            return
        with self._app.app_context():
            elsewhere.hear(hint)

    def run(self) -> None:
        """For ever; a database in trouble is met again at the next turn."""
        while True:
            try:
                with self._app.app_context():
                    self.turn()
                self._well = True
            except Exception:
                if self._well:  # once for an outage, not twice a second
                    log.exception("reading news failed; trying again until it works")
                self._well = False
            self._waker.wait(PERIOD_SECONDS)
            self._waker.clear()

    def turn(self) -> None:
        """Read what is new, and now and then ask again for everyone."""
        if self._reader is None:
            self._reader = signals.Reader()
        news = self._reader.read()
        db.session.rollback()
        for event in news:
            ears.deliver(event)
            db.session.rollback()
            socketio.sleep(0)
        self._keep_house()

    def _keep_house(self) -> None:
        instant = time.monotonic()
        if instant - self._told > elsewhere.REPEAT_SECONDS:
            self._told = instant
            elsewhere.tell_all()
        if instant - self._rechecked > RECHECK_SECONDS:
            self._rechecked = instant
            rights.recheck()
            drop_the_slow()
        if instant - self._purged > PURGE_SECONDS:
            self._purged = instant
            signals.purge()


def drop_the_slow() -> None:
    """A client that stopped reading holds memory; cut, it comes back and catches up."""
    server = socketio.server
    for connection in registry.everyone():
        eio_sid = server.manager.eio_sid_from_sid(connection.sid, "/")
        transport = server.eio.sockets.get(eio_sid)
        if transport is not None and transport.queue.qsize() > MOST_QUEUED:
            log.warning("a socket left %d packets unread, dropping it", transport.queue.qsize())
            transport.close(wait=False, abort=True)
