"""Transactions. `unit_of_work` is the only place that commits.

SQLite: readers never block, one writer at a time. Writers queue on a process-wide lock, then
`BEGIN IMMEDIATE`; a lock held by another process is retried with a sleep that lets other
greenlets run, because a blocking wait inside the driver would stop the whole loop.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import scoped_session

from webapp.core import events
from webapp.core.errors import Unavailable
from webapp.core.offload import give_way
from webapp.extensions import db

WRITE_WAIT_SECONDS = 10.0
RETRY_SECONDS = 0.01
_writing: ContextVar[bool] = ContextVar("encours_writing", default=False)
_writer = threading.Lock()


@contextmanager
def unit_of_work() -> Iterator[scoped_session[Session]]:
    """One transaction: everything inside is stored together, or not at all.

    A nested call joins the outer one. Raises Unavailable when the database stays locked for
    WRITE_WAIT_SECONDS; whatever the block raises undoes the transaction and passes on.
    """
    if _writing.get():
        yield db.session
        return
    done: list[object] = []
    with _write_transaction():
        try:
            yield db.session
            done = events.drain_before()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            events.forget()
            raise
    events.deliver_after(done)


def let_others_in() -> None:
    """Give way between reading figures and presenting them, so that the two do not hold up everybody
    together; never inside a write transaction."""
    if not _writing.get():
        give_way()


@contextmanager
def _write_transaction() -> Iterator[None]:
    """Hold the right to write: end the read that loading the user opened, then begin for real."""
    db.session.commit()
    if db.engine.dialect.name != "sqlite":
        token = _writing.set(True)
        try:
            yield
        finally:
            _writing.reset(token)
        return
    if not _writer.acquire(timeout=WRITE_WAIT_SECONDS):
        raise Unavailable(code="unavailable", retry_after=1)
    token = _writing.set(True)
    try:
        _begin_immediate()
        yield
    finally:
        _writing.reset(token)
        _writer.release()


def _begin_immediate() -> None:
    deadline = time.monotonic() + WRITE_WAIT_SECONDS
    while True:
        try:
            db.session.connection()
            return
        except OperationalError as error:
            db.session.rollback()
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise Unavailable(code="unavailable", retry_after=1) from error
            time.sleep(RETRY_SECONDS)


def listen(app: Flask, *, busy_timeout_ms: int) -> None:
    """Give each SQLite connection its settings; `busy_timeout_ms` is 0 where a loop runs."""

    def on_connect(connection: Any, _record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={busy_timeout_ms}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-32000",
            "mmap_size=268435456",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")

    def on_read(connection: Connection, *_: object) -> None:
        # SQLite answers without ever waiting: a page of ten questions would keep everybody waiting for
        # all of them. Nothing gives way while it holds the lock of writers.
        if connection.dialect.name == "sqlite" and not _writing.get():
            give_way()

    with app.app_context():
        engine: Engine = db.engine
        event.listen(engine, "before_cursor_execute", on_read)
        event.listen(engine, "connect", on_connect)
        event.listen(engine, "begin", on_begin)
