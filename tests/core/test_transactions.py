"""A unit of work stores everything or nothing, and tells others in the right order."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from webapp.core import events
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db as _db
from webapp.users.models import Branch


@dataclass(frozen=True)
class Painted:
    name: str


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Subscribers of Painted, removed after the test; each notes when it was called."""
    monkeypatch.setattr(events, "_before", {})
    monkeypatch.setattr(events, "_after", {})
    log: list[str] = []
    events.before_commit(Painted)(lambda event: log.append(f"before {event.name}"))

    @events.after_commit(Painted)
    def _broken(_event: Painted) -> None:
        raise RuntimeError("a listener that fails")

    events.after_commit(Painted)(lambda event: log.append(f"after {event.name}"))
    return log


def add_branch(name: str) -> None:
    _db.session.add(Branch(id=new_id(), name=name, path="/x/"))
    _db.session.flush()


def branches(name: str) -> int:
    return _db.session.scalar(select(func.count()).select_from(Branch).where(Branch.name == name)) or 0


def test_events_are_told_inside_then_after_and_a_broken_listener_stops_no_other(
    db: object, heard: list[str]
) -> None:
    with unit_of_work():
        add_branch("Annecy")
        events.record(Painted("red"))
        assert heard == []
    assert heard == ["before red", "after red"]
    assert branches("Annecy") == 1


@dataclass(frozen=True)
class Alarm(Painted):
    urgent: ClassVar[bool] = True


def test_what_is_urgent_is_told_first_once_durable(db: object, heard: list[str]) -> None:
    events.after_commit(Alarm)(lambda event: heard.append(f"after {event.name}"))
    with unit_of_work():
        for event in (Painted("a"), Painted("b"), Alarm("fire"), Painted("c")):
            events.record(event)
    assert [each for each in heard if each.startswith("after")] == [
        "after fire", "after a", "after b", "after c",
    ]  # fmt: skip


def test_a_failure_undoes_everything_and_nobody_hears(db: object, heard: list[str]) -> None:
    with pytest.raises(ValueError, match="no"), unit_of_work():
        add_branch("Brest")
        events.record(Painted("red"))
        raise ValueError("no")
    assert branches("Brest") == 0
    assert heard == []
    with unit_of_work():
        pass
    assert heard == []


def test_a_nested_unit_joins_the_outer_one(db: object, heard: list[str]) -> None:
    with pytest.raises(ValueError, match="late"), unit_of_work():
        with unit_of_work():
            add_branch("Caen")
            events.record(Painted("red"))
        assert heard == []
        raise ValueError("late")
    assert branches("Caen") == 0


def test_a_failing_subscriber_inside_the_transaction_undoes_the_act(db: object, heard: list[str]) -> None:
    @events.before_commit(Painted)
    def _refuse(_event: Painted) -> None:
        raise ValueError("refused inside")

    with pytest.raises(ValueError, match="refused inside"), unit_of_work():
        add_branch("Dole")
        events.record(Painted("red"))
    assert branches("Dole") == 0


def test_twenty_writers_at_once_all_get_their_turn(app: Flask, db: object) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        with app.app_context():
            try:
                for turn in range(5):
                    with unit_of_work():
                        add_branch(f"W{number}-{turn}")
            except BaseException as error:
                failures.append(error)
            finally:
                _db.session.remove()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    _db.session.rollback()
    written = _db.session.scalar(select(func.count()).select_from(Branch).where(Branch.name.startswith("W")))
    assert written == 100
