"""How we stand on PostgreSQL: the pool, and how long anybody waits for a server that is away.

Refused connections fail at once. A server that hangs answers nothing at all, and the driver would
wait for ever: under an event loop even its own time limit for connecting does nothing. So the
process that serves gives the driver a way to wait with a limit (`install`): a statement that takes
long goes on as long as the server still lets somebody in, and is given up when it does not. A
connection left alone for a moment is asked for a sign of life before somebody stands on it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import psycopg2
from flask import Flask
from psycopg2 import extensions
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError

from webapp.extensions import db

CONNECT_SECONDS = 1.0
SIGN_OF_LIFE_SECONDS = 0.6
SUSPICION_SECONDS = 0.7
NO_ANSWER = "no answer"
POOL_SECONDS = 2
STATEMENT_SECONDS = 10
LOCK_SECONDS = 5
IDLE_SECONDS = 30
FRESH_SECONDS = 1.0
COMMAND_CONNECT_SECONDS = 5
_limit: ContextVar[float] = ContextVar("encours_database_patience", default=STATEMENT_SECONDS + 2.0)
Wait = Callable[[int, bool, float], None]


def engine_options(url: str, *, serving: bool) -> dict[str, Any]:
    """SQLAlchemy's options. Time limits of statements only where people wait: a command may take long."""
    if url.startswith("sqlite"):
        return {}
    connect: dict[str, Any] = {"connect_timeout": COMMAND_CONNECT_SECONDS, "application_name": "encours"}
    options = {"connect_args": connect, "pool_size": 20, "max_overflow": 20, "pool_timeout": POOL_SECONDS}
    if serving and "options" not in make_url(url).query:
        limits = {
            "statement_timeout": STATEMENT_SECONDS,
            "lock_timeout": LOCK_SECONDS,
            "idle_in_transaction_session_timeout": IDLE_SECONDS,
        }
        connect["options"] = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    return options


def install(wait: Wait) -> None:
    """Wait for the database through `wait(descriptor, to_write, seconds)`, which raises TimeoutError.

    Called once by the entry point, which alone knows the engine.
    """

    def until_ready(connection: Any) -> None:
        connecting = connection.status not in (extensions.STATUS_READY, extensions.STATUS_BEGIN)
        seconds = CONNECT_SECONDS if connecting else _limit.get()
        deadline = time.monotonic() + seconds
        while (state := connection.poll()) != extensions.POLL_OK:
            left = deadline - time.monotonic()
            try:
                wait(
                    connection.fileno(),
                    state == extensions.POLL_WRITE,
                    max(0.0, min(left, SUSPICION_SECONDS)),
                )
            except TimeoutError as error:
                given_up = left <= SUSPICION_SECONDS
                if given_up or not (connecting or lets_in(connection)):
                    raise psycopg2.OperationalError(f"{NO_ANSWER} within {seconds} s") from error

    lets_in = _Watch().lets_in
    extensions.set_wait_callback(until_ready)


class _Watch:
    """Whether the server still lets somebody in: asked once for all who wait, kept for a second."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._asked_at, self._answer = 0.0, True

    def lets_in(self, connection: Any) -> bool:
        """True as well when it refuses in words: then it lives."""
        with self._one:
            if time.monotonic() - self._asked_at < FRESH_SECONDS:
                return self._answer
            try:
                info = connection.info
                psycopg2.connect(extensions.make_dsn(**info.dsn_parameters, password=info.password)).close()
                self._answer = True
            except psycopg2.Error as error:
                self._answer = NO_ANSWER not in str(error)
            self._asked_at = time.monotonic()
            return self._answer


def listen(app: Flask) -> None:
    """Ask connections that were left alone for a sign of life; one that gives none ends the whole pool."""

    def on_checkout(connection: Any, record: Any, _proxy: object) -> None:
        instant = time.monotonic()
        if instant - record.info.get("encours.used", 0.0) > FRESH_SECONDS:
            _require_life(connection)
        record.info["encours.used"] = instant

    def on_connect(_connection: Any, record: Any) -> None:
        record.info["encours.used"] = time.monotonic()

    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            event.listen(db.engine, "connect", on_connect)
            event.listen(db.engine, "checkout", on_checkout)


def _require_life(connection: Any) -> None:
    token = _limit.set(SIGN_OF_LIFE_SECONDS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg2.Error as error:
        raise InvalidatePoolError() from error
    finally:
        _limit.reset(token)
