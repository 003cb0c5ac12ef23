"""Visits for tests, reported through the real service, and files somebody brought for one."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from tests.factories import pictures
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.files.services import keep
from webapp.files.storage import receive
from webapp.users.actor import Actor
from webapp.visits.models import Fact, Visit
from webapp.visits.services import Report, Seen, record_visit


def brought(actor: Actor, content: bytes | None = None, name: str = "palette.jpg") -> uuid.UUID:
    """A file of the actor's that hangs on nothing."""
    arrival = receive(BytesIO(content or pictures.jpeg()))
    with unit_of_work():
        return keep(actor, arrival, name, quota=10**9).id


def visit(actor: Actor, client_id: uuid.UUID, *facts: str, **values: Any) -> Visit:
    """A visit of the actor's where these facts were seen."""
    with unit_of_work():
        report = Report(client_id, facts=tuple(map(Seen, facts)), **{"outcome": "mixed", **values})
        visit_id = record_visit(actor, report).id
    return db.session.get_one(Visit, visit_id, populate_existing=True)


def fact_of(made: Visit) -> Fact:
    """The one fact of a visit, as the database has it now."""
    return db.session.query(Fact).filter_by(visit_id=made.id).populate_existing().one()
