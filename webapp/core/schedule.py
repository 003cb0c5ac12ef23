"""Periodic work as durable jobs: each slot of time is a key, so it runs once however many
processes look at the clock, and a slot missed while everything was down runs at the next start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from webapp.core.clock import PARIS, now
from webapp.core.db import unit_of_work
from webapp.core.jobs import enqueue, unremarkable


@dataclass(frozen=True)
class _Periodic:
    job_name: str
    slot: Callable[[datetime], str]


_periodics: list[_Periodic] = []


def every_day(job_name: str, at: time) -> None:
    """Run the job once a calendar day, from `at` on, Paris time."""

    def slot(instant: datetime) -> str:
        wall = instant.astimezone(PARIS)
        day = wall.date() if wall.time() >= at else wall.date() - timedelta(days=1)
        return day.isoformat()

    _add(_Periodic(job_name, slot))


def every(job_name: str, seconds: int) -> None:
    """Run the job once in each period of `seconds`."""
    unremarkable.add(job_name)
    _add(_Periodic(job_name, lambda instant: str(int(instant.timestamp()) // seconds)))


def _add(periodic: _Periodic) -> None:
    if all(known.job_name != periodic.job_name for known in _periodics):
        _periodics.append(periodic)


_last: dict[str, str] = {}


def enqueue_due() -> None:
    """Write the jobs of the current slots that this process has not written yet."""
    instant = now()
    fresh = [(each.job_name, each.slot(instant)) for each in _periodics]
    fresh = [(name, slot) for name, slot in fresh if _last.get(name) != slot]
    if not fresh:
        return
    with unit_of_work():
        for name, slot in fresh:
            enqueue(name, f"{name}:{slot}")
    _last.update(fresh)
