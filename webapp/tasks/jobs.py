"""The morning's reminders."""

from __future__ import annotations

from datetime import time

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.tasks.services import remind_due

every_day("tasks.remind", time(8, 0))


@job("tasks.remind")
def run_remind() -> None:
    """Remind the owners of what is due today, or was while nothing ran."""
    while True:
        with unit_of_work():
            if not remind_due():
                return
