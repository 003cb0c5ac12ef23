"""Acknowledgements of debt, put on paper by the worker."""

from __future__ import annotations

import uuid
from datetime import timedelta

from webapp.core.jobs import job
from webapp.files.papers import put_on_paper
from webapp.visits import services
from webapp.visits.paper import paper_of


@job("visits.seal", lease=timedelta(minutes=5))
def seal(acknowledgement_id: str) -> None:
    """Put an acknowledgement on paper, once."""
    put_on_paper(uuid.UUID(acknowledgement_id), paper_of, services.keep_paper)
