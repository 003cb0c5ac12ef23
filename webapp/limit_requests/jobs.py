"""The morning's look at requests that wait, and decisions put on paper."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import time, timedelta

from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.files.papers import put_on_paper
from webapp.limit_requests.paper import record_of
from webapp.limit_requests.services import escalate_unanswered, expire_forgotten, keep_record

every_day("limit_requests.waiting", time(8, 0))


@job("limit_requests.waiting")
def run_waiting() -> None:
    """Ask the role above about what nobody answered in time; end what was forgotten."""
    _all(lambda: expire_forgotten(now()))
    _all(lambda: escalate_unanswered(today()))


def _all(look: Callable[[], int]) -> None:
    more = True
    while more:
        with unit_of_work():
            more = look() > 0


@job("limit_requests.record", lease=timedelta(minutes=5))
def run_record(request_id: str) -> None:
    """Put a decision on paper, once."""
    put_on_paper(uuid.UUID(request_id), record_of, keep_record)
