"""Puts the live channel on the application, or, in a process without sockets, sends its news on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from webapp.clients.events import ClientMoved, ClientsChanged
from webapp.config import Settings
from webapp.core import signals
from webapp.disputes.events import DisputeChanged, DisputeOpened
from webapp.extensions import socketio
from webapp.invoices.events import BalanceChanged, InvoicesChanged
from webapp.limit_requests.events import LimitRequestChanged
from webapp.promises.events import PromisesChanged
from webapp.realtime import codec, connection, dispatch, tail
from webapp.realtime.lines import RoomManager
from webapp.risk.events import AlertChanged, AlertRaised, GuaranteeChanged, LimitChanged
from webapp.threads.events import (
    ActChanged,
    GuestRead,
    MessageDeleted,
    MessageEdited,
    MessageReacted,
    MessagesPosted,
    ThreadRead,
)
from webapp.users.events import RightsChanged, SessionEnded
from webapp.visits.events import AcknowledgementSealed, FactsChanged, VisitRecorded

NEWS = (
    RightsChanged,
    SessionEnded,
    ClientMoved,
    ClientsChanged,
    InvoicesChanged,
    BalanceChanged,
    PromisesChanged,
    FactsChanged,
    VisitRecorded,
    AcknowledgementSealed,
    LimitChanged,
    GuaranteeChanged,
    LimitRequestChanged,
    AlertRaised,
    AlertChanged,
    DisputeOpened,
    DisputeChanged,
    MessagesPosted,
    MessageEdited,
    MessageDeleted,
    MessageReacted,
    ThreadRead,
    ActChanged,
    GuestRead,
)


def install(app: Flask, settings: Settings, sockets: bool) -> None:
    """Called once by `create_app`. `sockets` is true in a process that serves browsers.

    Each process speaks to its own sockets only, after asking their rights. What happened elsewhere
    it reads in the database; Redis only says when to look (docs/adr/0005-several-processes.md).
    """
    signals.relay(NEWS, write=not sockets or bool(settings.redis_url))
    if not sockets:
        return
    from webapp.realtime import broadcast, news, rights  # noqa: F401  (they register what they hear)
    from webapp.realtime.handlers import threads  # noqa: F401

    socketio.init_app(app, **_options(settings))
    app.wsgi_app = WithoutDeflate(app.wsgi_app)  # type: ignore[method-assign]
    _listen(app)
    tail.start(app)


def _options(settings: Settings) -> dict[str, Any]:
    several = bool(settings.redis_url)
    return {
        "async_mode": settings.async_mode,
        "async_handlers": False,
        "json": codec,
        "serializer": codec.PlainPacket,
        "http_compression": False,
        # Polling needs every request of a client to reach the same process.
        "transports": ["websocket"] if several else ["polling", "websocket"],
        "manage_session": False,
        "client_manager": RoomManager(),
        "ping_interval": 20,
        "ping_timeout": 20,
        "max_http_buffer_size": 1_000_000,
    }


def _listen(app: Flask) -> None:
    """Plain handlers of the server below Flask-SocketIO: no request context for each event."""
    server = socketio.server
    server.on("connect", lambda sid, environ, auth=None: connection.connect(app, sid, environ, auth))
    server.on("disconnect", lambda sid, _reason=None: _gone(app, sid))
    server.on("*", lambda event, sid, *args: dispatch.dispatch(app, event, sid, args))


def _gone(app: Flask, sid: str) -> None:
    with app.app_context():
        connection.disconnected(sid)


class WithoutDeflate:
    """Refuses permessage-deflate on sockets: it costs more than it saves on short messages."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/socket.io"):
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return self._application(environ, start_response)
