"""News between processes. A process writes its events as rows, in the same transaction as what
happened; every process with sockets reads the rows of the others and broadcasts to its own."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, insert, or_, select

from webapp.core import bus
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.events import after_commit, before_commit
from webapp.core.models import Signal
from webapp.extensions import db

KEPT = timedelta(hours=1)
MOST_IDS = 200  # a longer tuple crosses as an empty one: "too many to name, ask again"
LATE_SECONDS = 30.0  # how long a number that was skipped may still be committed
MOST_LATE = 500
_types: dict[str, type] = {}
_INSERT = insert(Signal.__table__)


def relay(types: Iterable[type], *, write: bool) -> None:
    """Make events of these types cross processes; `write` where another process needs to know."""
    for kind in types:
        _types[kind.__name__] = kind
        if write:
            before_commit(kind)(_write)
            after_commit(kind)(_wake)


def _write(event: Any) -> None:
    payload = {key: _plain(value) for key, value in dataclasses.asdict(event).items()}
    row = {"event": type(event).__name__, "payload": payload, "origin": bus.ORIGIN}
    db.session.connection().execute(_INSERT, row)


def _wake(_event: object) -> None:
    current_app.extensions["encours.bus"].publish(bus.NEWS)


def _plain(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return {"uuid": str(value)}
    if isinstance(value, (tuple, list, frozenset, set)):
        return {"tuple": [_plain(item) for item in value] if len(value) <= MOST_IDS else []}
    return value


def _revive(value: Any) -> Any:
    if isinstance(value, dict) and "uuid" in value:
        return uuid.UUID(value["uuid"])
    if isinstance(value, dict) and "tuple" in value:
        return tuple(_revive(item) for item in value["tuple"])
    return value


class Reader:
    """Reads the news of other processes, each once.

    PostgreSQL gives a row its number before the commit: a number that was skipped may turn up
    later, so it is asked for again until it is too old to come.
    """

    def __init__(self, origin: str = bus.ORIGIN) -> None:
        """Starts at what is newest: what came before is history. `origin` is who reads."""
        self._origin = origin
        self._top = db.session.scalar(select(func.max(Signal.id))) or 0
        self._late: dict[int, float] = {}

    def read(self) -> list[object]:
        """Events written since the last reading, oldest first, this process's own left out."""
        newer = Signal.id > self._top
        chosen = or_(newer, Signal.id.in_(list(self._late))) if self._late else newer
        rows = db.session.scalars(select(Signal).where(chosen).order_by(Signal.id)).all()
        self._note({row.id for row in rows})
        return [_event(row) for row in rows if row.origin != self._origin and row.event in _types]

    def _note(self, met: set[int]) -> None:
        instant = time.monotonic()
        top = max(met, default=self._top)
        start = max(self._top + 1, top - MOST_LATE)
        self._late |= dict.fromkeys(range(start, top), instant)
        self._late = {
            number: since
            for number, since in self._late.items()
            if number not in met and instant - since < LATE_SECONDS
        }
        self._top = max(self._top, top)


def _event(row: Signal) -> object:
    return _types[row.event](**{key: _revive(value) for key, value in row.payload.items()})


def purge() -> None:
    """Delete old news."""
    with unit_of_work() as session:
        session.execute(delete(Signal).where(Signal.created_at < now() - KEPT))
