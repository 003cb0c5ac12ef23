"""The daily looks: at what changes with the date, and at what nobody has answered."""

from __future__ import annotations

from datetime import time

from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.risk.services import escalate_unanswered, evaluate_delays, wake_snoozed

# One minute after the balances are brought up to the new day.
every_day("risk.evaluate_delays", time(0, 6))
# Before people leave.
every_day("risk.escalate", time(17, 0))
SATURDAY = 5


@job("risk.evaluate_delays")
def run_evaluate_delays() -> None:
    """Raise what became too late overnight or is about to end, and wake what slept until today."""
    with unit_of_work():
        evaluate_delays()
        wake_snoozed()


@job("risk.escalate")
def run_escalate() -> None:
    """Tell those above of what is unanswered; nobody is expected to answer at the weekend."""
    if today().weekday() < SATURDAY:
        with unit_of_work():
            escalate_unanswered()
