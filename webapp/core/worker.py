"""The worker: runs due jobs when huey wakes it, and sweeps every ten seconds in any case.

huey carries only the wake-up; what to do is in the `jobs` table, so a lost wake-up or a crash
costs at most one sweep.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import time as wall_time
from datetime import timedelta

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from sqlalchemy import delete

from webapp.config import Settings
from webapp.core import instance_lock, jobs, redis_links, schedule
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.models import Command, Job
from webapp.extensions import db

log = logging.getLogger(__name__)
SWEEP_SECONDS = 10.0
REST_SECONDS = 3.0
JOBS_KEPT = timedelta(days=3)
COMMANDS_KEPT = timedelta(days=30)


def make_queue(settings: Settings) -> Huey:
    """The wake-up channel: a small SQLite file at a desk, Redis when there is one."""
    if settings.redis_url:
        # Asking again and again, as of the file: a read that blocks could not have a short time limit.
        pool = redis_links.pool(settings.redis_url)
        return RedisHuey("encours", connection_pool=pool, blocking=False, results=False)
    path = settings.instance_path / "wake.db"
    return SqliteHuey("encours", filename=str(path), results=False, timeout=0.2, fsync=False)


def install_waker(app: Flask) -> None:
    """After each commit that wrote jobs, tell the worker. Failing to is harmless: it sweeps."""
    queue = make_queue(app.config["SETTINGS"])

    def run() -> None:
        with app.app_context():
            jobs.run_due()
            db.session.remove()

    task = queue.task(name="run_due")(run)

    rested_at = 0.0

    def wake() -> None:
        nonlocal rested_at
        if time.monotonic() < rested_at:
            return
        try:
            task()
        except Exception as error:
            rested_at = time.monotonic() + REST_SECONDS  # nobody waits for it at each act
            log.debug("the worker was not woken: %s", error)

    jobs.on_enqueued(wake)
    app.extensions["encours.queue"] = queue


class _Consumer(Consumer):
    """huey's consumer without its signal handlers: `run` below has its own."""

    def _set_signal_handlers(self) -> None:
        pass


def run(app: Flask, *, parent: int | None = None) -> None:
    """Run jobs until told to stop, or until the parent process is gone."""
    with instance_lock.shared(app.config["SETTINGS"].instance_path):
        _run(app, parent)


def _run(app: Flask, parent: int | None) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    queue: Huey = app.extensions["encours.queue"]
    consumer = _Consumer(queue, workers=1, initial_delay=0.05, backoff=1.2, max_delay=0.3, periodic=False)
    consumer.start()
    log.info("worker ready")
    try:
        while not stop.is_set():
            _sweep(app)
            _wait(stop, lambda: parent is None or os.getppid() == parent)
            if parent is not None and os.getppid() != parent:
                break
    finally:
        consumer.stop(graceful=True)


def _wait(stop: threading.Event, alive: Callable[[], bool]) -> None:
    waited = 0.0
    while waited < SWEEP_SECONDS and not stop.is_set() and alive():
        stop.wait(0.5)
        waited += 0.5


def _sweep(app: Flask) -> None:
    with app.app_context():
        try:
            schedule.enqueue_due()
            jobs.run_due()
        except Exception:
            log.exception("the sweep failed; the next one tries again")
        finally:
            db.session.remove()


@jobs.job("core.tidy")
def tidy() -> None:
    """Forget jobs done days ago, and acts so old that no device replays them any more."""
    with unit_of_work() as session:
        session.execute(delete(Job).where(Job.done_at < now() - JOBS_KEPT))
        session.execute(delete(Command).where(Command.created_at < now() - COMMANDS_KEPT))


schedule.every_day("core.tidy", wall_time(4, 30))
