"""Now and then: new messages into the index of words."""

from __future__ import annotations

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every
from webapp.threads import services

JOB = "threads.index"
MOST_ROUNDS = 100  # the rest at the next turn


@job(JOB)
def index() -> None:
    for _ in range(MOST_ROUNDS):
        with unit_of_work():
            taken = services.index_messages()
        if not taken:
            return


every(JOB, 60)
