"""The daily look at what changes with the date."""

from __future__ import annotations

from datetime import time

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.risk.services import evaluate_delays

# One minute after the balances are brought up to the new day.
every_day("risk.evaluate_delays", time(0, 6))


@job("risk.evaluate_delays")
def run_evaluate_delays() -> None:
    """Raise what became too late overnight."""
    with unit_of_work():
        evaluate_delays()
