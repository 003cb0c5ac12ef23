"""Daily work on balances: what was due yesterday is overdue today."""

from __future__ import annotations

from datetime import time, timedelta

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.invoices.balances import roll_over
from webapp.invoices.services.exposure import JOB as EXPOSURE_JOB
from webapp.invoices.services.exposure import refresh_exposures

JOB = "invoices.roll_over"


@job(JOB, lease=timedelta(minutes=15))
def roll_over_balances() -> None:
    """Bring every balance up to today, a few hundred at a time so that writers are not kept waiting."""
    done = 1
    while done:
        with unit_of_work():
            done = roll_over()


@job(EXPOSURE_JOB, lease=timedelta(minutes=15))
def bring_exposures_up() -> None:
    """After another choice of what counts: every balance, a few hundred at a time."""
    done = 1
    while done:
        with unit_of_work():
            done = refresh_exposures()


every_day(JOB, time(0, 5))
