"""The daily look at deadlines."""

from __future__ import annotations

from datetime import time

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.disputes.services import escalate

# In the morning: who is told can still do something about it.
every_day("disputes.escalate", time(7, 30))


@job("disputes.escalate")
def run_escalate() -> None:
    """Tell of disputes that passed their day."""
    with unit_of_work():
        escalate()
