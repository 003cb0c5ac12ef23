"""News cross processes as rows, and come out as the same events."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from webapp.core import events, signals
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.models import Signal
from webapp.extensions import db


@dataclass(frozen=True)
class Moved:
    ids: tuple[uuid.UUID, ...]
    reason: str


@pytest.fixture
def relayed(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_before", {})
    monkeypatch.setattr(events, "_after", {})
    monkeypatch.setattr(signals, "_types", {})
    signals.relay([Moved], write=True)


def moved() -> Moved:
    event = Moved((new_id(), new_id()), "moved")
    with unit_of_work():
        events.record(event)
    return event


def test_an_event_written_elsewhere_is_read_here_once_as_it_was(relayed: None) -> None:
    reader = signals.Reader(origin="another process")
    event = moved()
    assert reader.read() == [event]
    assert reader.read() == []
    signals.purge()
    assert db.session.scalars(select(Signal.event)).all() == ["Moved"]


def test_a_process_does_not_hear_its_own_news(relayed: None) -> None:
    reader = signals.Reader()
    moved()
    assert reader.read() == []


def test_what_was_written_before_the_start_is_history(relayed: None) -> None:
    moved()
    assert signals.Reader(origin="another process").read() == []


def test_a_number_committed_late_is_not_missed(relayed: None) -> None:
    reader = signals.Reader(origin="another process")
    first, second = moved(), moved()
    with unit_of_work() as session:
        late = session.scalars(select(Signal).order_by(Signal.id)).first()
        assert late is not None
        number, payload = late.id, late.payload
        session.delete(late)
    assert reader.read() == [second]
    with unit_of_work() as session:
        session.add(Signal(id=number, event="Moved", payload=payload))
    assert reader.read() == [first]
    assert reader.read() == []
