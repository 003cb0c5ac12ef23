"""The daily look at promises whose day has passed."""

from __future__ import annotations

from datetime import time

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.promises.services import judge_due

# After the balances have been brought up to the new day.
every_day("promises.judge", time(0, 10))


@job("promises.judge")
def run_judge() -> None:
    """Judge what was promised for yesterday or before, some hundreds of clients a transaction."""
    while True:
        with unit_of_work():
            if not judge_due():
                return
