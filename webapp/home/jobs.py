"""Daily work on the list of clients."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.home.services import refresh_after

JOB = "home.refresh_lines"


@job(JOB, lease=timedelta(minutes=15))
def refresh_all_lines() -> None:
    """Write every line anew, a few hundred at a time so that writers are not kept waiting."""
    last: uuid.UUID | None = None
    while True:
        with unit_of_work():
            last = refresh_after(last)
        if last is None:
            return


# Once balances are brought up to the new day.
every_day(JOB, time(0, 20))
