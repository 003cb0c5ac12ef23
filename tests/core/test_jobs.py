"""What must happen is a row; it happens at least once, and one key is one job."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from webapp.core import jobs, schedule, worker
from webapp.core.db import unit_of_work
from webapp.core.models import Job
from webapp.extensions import db as _db

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A job `paint` that notes its colour; other features' jobs are out of the way."""
    monkeypatch.setattr(jobs, "_handlers", {})
    log: list[str] = []
    jobs.job("paint")(lambda colour: log.append(colour))
    return log


def only_job() -> Job:
    _db.session.expire_all()
    return _db.session.scalars(select(Job)).one()


def enqueue(name: str, key: str, **args: object) -> None:
    with unit_of_work():
        jobs.enqueue(name, key, **args)


def test_a_job_runs_once_however_often_it_is_asked(db: object, ran: list[str]) -> None:
    enqueue("paint", "p:1", colour="red")
    enqueue("paint", "p:1", colour="blue")
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert ran == ["red"]
    assert only_job().done_at is not None


def test_a_job_of_an_act_that_failed_does_not_exist(db: object, ran: list[str]) -> None:
    with pytest.raises(ValueError, match="no"), unit_of_work():
        jobs.enqueue("paint", "p:1", colour="red")
        raise ValueError("no")
    assert jobs.run_due() == 0


def test_a_failing_job_is_tried_again_later_and_given_up_at_last(db: object, ran: list[str]) -> None:
    @jobs.job("break")
    def _break() -> None:
        raise RuntimeError("paint pot is empty")

    with time_machine.travel(START, tick=False) as clock:
        enqueue("break", "b:1")
        tries = 0
        for _ in range(20):
            tries += jobs.run_due()
            clock.shift(timedelta(hours=1))
        assert tries == jobs.MAX_ATTEMPTS
    assert only_job().failed_at is not None
    assert "paint pot is empty" in (only_job().last_error or "")


def test_a_handler_may_ask_to_be_run_later(db: object, ran: list[str]) -> None:
    @jobs.job("wait")
    def _wait() -> None:
        if not ran:
            ran.append("asked")
            raise jobs.Retry(30)
        ran.append("done")

    with time_machine.travel(START, tick=False) as clock:
        enqueue("wait", "w:1")
        jobs.run_due()
        assert jobs.run_due() == 0
        clock.shift(timedelta(seconds=31))
        assert jobs.run_due() == 1
    assert ran == ["asked", "done"]


def test_a_job_whose_worker_died_is_taken_again_when_its_lease_ran_out(db: object, ran: list[str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        enqueue("paint", "p:1", colour="red")
        assert jobs._claim() is not None
        assert jobs.run_due() == 0
        clock.shift(jobs.LEASE + timedelta(seconds=1))
        assert jobs.run_due() == 1
    assert ran == ["red"]


def test_the_worker_is_woken_after_the_commit(
    db: object, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(jobs, "_wakers", [])
    jobs.on_enqueued(lambda: woken.append(True))
    enqueue("paint", "p:1", colour="red")
    assert woken == [True]


def test_a_daily_job_runs_once_a_day_from_its_hour_on(
    db: object, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_periodics", [])
    monkeypatch.setattr(schedule, "_last", {})
    jobs.job("daily")(lambda: ran.append("daily"))
    schedule.every_day("daily", time(0, 5))
    schedule.every_day("daily", time(0, 5))
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(3):
            schedule.enqueue_due()
            jobs.run_due()
        assert ran == ["daily"]
        clock.shift(timedelta(days=1))
        schedule.enqueue_due()
        jobs.run_due()
    assert ran == ["daily", "daily"]


def test_a_frequent_job_runs_once_a_period(
    db: object, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_periodics", [])
    monkeypatch.setattr(schedule, "_last", {})
    jobs.job("often")(lambda: ran.append("often"))
    schedule.every("often", 5)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(4):
            schedule.enqueue_due()
            jobs.run_due()
            clock.shift(timedelta(seconds=5))
    assert ran == ["often"] * 4


def test_jobs_done_days_ago_are_forgotten_and_others_stay(db: object) -> None:
    with time_machine.travel(START, tick=False) as clock:
        enqueue("core.tidy", "old")
        jobs.run_due()
        clock.shift(worker.JOBS_KEPT + timedelta(days=1))
        enqueue("core.tidy", "new")
        jobs.run_due()
    assert _db.session.scalars(select(Job.key)).all() == ["new"]
