"""Putting something on paper, for jobs: drawing a PDF is not for the process that serves people."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Protocol

from flask import current_app

from webapp.core import papers
from webapp.core.db import unit_of_work
from webapp.core.jobs import Retry
from webapp.files.storage import Arrival, receive

AGAIN = 24 * 3600.0


class Keep(Protocol):
    """Hangs the paper on its subject, inside a transaction; the second time it does nothing."""

    def __call__(self, subject_id: uuid.UUID, arrival: Arrival, /, *, quota: int) -> None: ...


def put_on_paper(subject_id: uuid.UUID, draw: Callable[[uuid.UUID], bytes | None], keep: Keep) -> None:
    """Draw a PDF outside any transaction (None: it was made before) and keep it. Raises Retry where the
    libraries are missing: the job waits for them."""
    if not papers.available():
        raise Retry(AGAIN)
    made = draw(subject_id)
    if made is None:
        return
    arrival = receive(BytesIO(made))
    with unit_of_work():
        keep(subject_id, arrival, quota=current_app.config["SETTINGS"].storage_quota)
