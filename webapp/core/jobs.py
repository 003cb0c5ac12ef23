"""Durable jobs: a row says what must happen, a worker makes it happen, at least once.

`enqueue` writes the row in the running transaction. The worker claims due rows with a lease;
a crash lets the lease run out and another attempt follows, so handlers are idempotent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.events import after_commit, record
from webapp.core.ids import new_id
from webapp.core.models import Job
from webapp.extensions import db

log = structlog.get_logger(__name__)
Handler = Callable[..., None]
MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
_handlers: dict[str, tuple[Handler, timedelta]] = {}
_wakers: list[Callable[[], None]] = []
# Run every few seconds: a line each time they went well would hide all the others.
unremarkable: set[str] = set()


class JobsEnqueued:
    """Recorded once per act that wrote jobs; wakes the worker after the commit."""


class Retry(Exception):
    """A handler asks to be run again after `seconds`, without counting it as a fault."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def job(name: str, *, lease: timedelta = LEASE) -> Callable[[Handler], Handler]:
    """Register a function as the handler of jobs called `name`; it gets the row's args."""

    def register(function: Handler) -> Handler:
        _handlers[name] = (function, lease)
        return function

    return register


def enqueue(name: str, key: str, *, due_at: datetime | None = None, **args: Any) -> None:
    """Write the job in the running transaction. The same `key` twice is one job."""
    known = db.session.scalar(select(Job.id).where(Job.key == key))
    if known is not None:
        return
    values = {"id": new_id(), "name": name, "key": key, "args": args, "due_at": due_at or now()}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Job).values(attempts=0, **values))
    except IntegrityError:
        return
    record(JobsEnqueued())


def enqueue_fresh(name: str, args_by_key: Mapping[str, dict[str, Any]]) -> None:
    """Write many jobs at once, whose keys nobody else can have written (they hold a new id)."""
    if not args_by_key:
        return
    rows = [
        {"id": new_id(), "name": name, "key": key, "args": args, "due_at": now(), "attempts": 0}
        for key, args in args_by_key.items()
    ]
    db.session.execute(insert(Job), rows)
    record(JobsEnqueued())


def on_enqueued(waker: Callable[[], None]) -> None:
    """Call `waker` after each commit that wrote jobs (a hint: the sweep finds them anyway)."""
    _wakers.append(waker)


@after_commit(JobsEnqueued)
def _wake(_event: JobsEnqueued) -> None:
    for waker in _wakers:
        waker()


def run_due(limit: int = 100) -> int:
    """Run due jobs one after another, at most `limit`; return how many were taken."""
    taken = 0
    while taken < limit:
        claimed = _claim()
        if claimed is None:
            break
        taken += 1
        _run(*claimed)
    return taken


def _claim() -> tuple[Any, str, dict[str, Any], int] | None:
    instant = now()
    free = (Job.leased_until.is_(None)) | (Job.leased_until < instant)
    due = (
        select(Job.id, Job.name)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= instant, free)
        .order_by(Job.due_at)
        .limit(1)
    )
    if db.session.execute(due).first() is None:
        db.session.commit()
        return None
    with unit_of_work() as session:
        row = session.execute(due.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        lease = _handlers.get(row.name, (None, LEASE))[1]
        claimed = session.execute(
            update(Job)
            .where(Job.id == row.id)
            .values(leased_until=instant + lease, attempts=Job.attempts + 1)
            .returning(Job.id, Job.name, Job.args, Job.attempts)
        ).one()
    return claimed.id, claimed.name, dict(claimed.args), claimed.attempts


def _run(job_id: Any, name: str, args: dict[str, Any], attempts: int) -> None:
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(job=name, job_id=str(job_id)):
        outcome = _attempt(name, args, attempts)
        with unit_of_work() as session:
            session.execute(update(Job).where(Job.id == job_id).values(**outcome))
        ended = "done" if "done_at" in outcome else "failed" if "failed_at" in outcome else "again"
        write = log.debug if ended == "done" and name in unremarkable else log.info
        write("job", outcome=ended, attempt=attempts, ms=round((time.perf_counter() - started) * 1000, 1))


def _attempt(name: str, args: dict[str, Any], attempts: int) -> dict[str, Any]:
    """Run the handler; what its row says from now on."""
    try:
        _handlers[name][0](**args)
        return {"done_at": now(), "leased_until": None}
    except Retry as retry:
        db.session.rollback()
        return {"due_at": now() + timedelta(seconds=retry.seconds), "leased_until": None}
    except Exception as error:
        db.session.rollback()
        log.exception("job failed", attempt=attempts)
        return _after_failure(error, attempts)


def _after_failure(error: Exception, attempts: int) -> dict[str, Any]:
    text = f"{type(error).__name__}: {error}"[:2000]
    if attempts >= MAX_ATTEMPTS:
        return {"failed_at": now(), "last_error": text, "leased_until": None}
    wait = timedelta(seconds=min(2**attempts, 900))
    return {"due_at": now() + wait, "last_error": text, "leased_until": None}


def backlog() -> dict[str, float]:
    """How many jobs are due, how many are being run, how many were given up."""
    instant = now()
    running = func.count(case((Job.leased_until >= instant, 1)))
    open_now = Job.done_at.is_(None) & Job.failed_at.is_(None) & (Job.due_at <= instant)
    found = db.session.execute(select(func.count(), running).select_from(Job).where(open_now)).one()
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.failed_at.is_not(None)))
    return {"due": found[0] - found[1], "running": found[1], "failed": failed or 0}


def longest_wait() -> float:
    """For how many seconds the oldest due job has been waiting; 0 when none is."""
    instant = now()
    free = Job.leased_until.is_(None) | (Job.leased_until < instant)
    waiting = Job.done_at.is_(None) & Job.failed_at.is_(None) & free
    oldest = db.session.scalar(select(func.min(Job.due_at)).where(waiting, Job.due_at <= instant))
    return 0.0 if oldest is None else (instant - oldest).total_seconds()
