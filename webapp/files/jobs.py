"""Nightly: files that were brought and never used."""

from __future__ import annotations

from datetime import time

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.files import services
from webapp.files.services import resuming


@job("files.collect")
def collect() -> None:
    with unit_of_work():
        contents = services.collect()
    services.discard(contents)
    resuming.sweep()


every_day("files.collect", time(4, 20))
