"""Papers made by the worker: drawing a PDF is not for the process that serves people."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO

from flask import current_app

from webapp.core import papers
from webapp.core.db import unit_of_work
from webapp.core.jobs import Retry, job
from webapp.files.storage import receive
from webapp.visits import services
from webapp.visits.paper import paper_of

AGAIN = 24 * 3600.0


@job("visits.seal", lease=timedelta(minutes=5))
def seal(acknowledgement_id: str) -> None:
    """Put an acknowledgement on paper, once. Where the libraries are missing it waits for them."""
    if not papers.available():
        raise Retry(AGAIN)
    found = uuid.UUID(acknowledgement_id)
    made = paper_of(found)
    if made is None:
        return
    arrival = receive(BytesIO(made))
    with unit_of_work():
        services.keep_paper(found, arrival, quota=current_app.config["SETTINGS"].storage_quota)
