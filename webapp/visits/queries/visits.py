"""Reports of visits, and what hangs on them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.visits.models import Acknowledgement, Fact, FactKindRow, Visit
from webapp.visits.words import fact_name

MISSING = _l("Visite introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")


@dataclass
class VisitLine:
    """A report with its client and who wrote it; `seen` are the names of its facts."""

    visit: Visit
    client: Client
    author: str
    seen: tuple[str, ...] = ()

    @property
    def branch_id(self) -> uuid.UUID:
        return self.client.branch_id

    @property
    def sales_rep_id(self) -> uuid.UUID | None:
        return self.client.sales_rep_id


def _select(actor: Actor) -> Any:
    return (
        select(Visit, Client, User.name)
        .join(Client, Client.id == Visit.client_id)
        .join(User, User.id == Visit.recorded_by)
        .where(in_scope(actor))
    )


def _lines(query: Any) -> list[VisitLine]:
    rows: Any = db.session.execute(query).tuples().all()
    lines = [VisitLine(*row) for row in rows]
    names = _seen_at([line.visit.id for line in lines])
    for line in lines:
        line.seen = tuple(names.get(line.visit.id, ()))
    return lines


def _seen_at(visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Names of the facts of these visits, in one query; none without ids."""
    found: dict[uuid.UUID, list[str]] = {}
    if not visit_ids:
        return found
    query = select(Fact.visit_id, Fact.kind, FactKindRow.label)
    query = query.outerjoin(FactKindRow, FactKindRow.code == Fact.kind)
    query = query.where(Fact.visit_id.in_(visit_ids)).order_by(Fact.id)
    for visit_id, kind, label in db.session.execute(query):
        found.setdefault(visit_id, []).append(fact_name(kind, label))
    return found


def get_visit(actor: Actor, visit_id: uuid.UUID) -> VisitLine:
    """The visit, or NotFound. Two queries."""
    found = _lines(_select(actor).where(Visit.id == visit_id))
    if not found:
        raise NotFound(MISSING)
    return found[0]


def cards(actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, VisitLine]:
    """What their cards show, by id; those out of scope are missing. Two queries."""
    return {line.visit.id: line for line in _lines(_select(actor).where(Visit.id.in_(ids)))}


def list_visits(
    actor: Actor,
    *,
    limit: int = 50,
    client_id: uuid.UUID | None = None,
    after: Sequence[object] | None = None,
) -> list[VisitLine]:
    """Visits, the latest first; `limit + 1` so that one knows whether more follow. Two queries."""
    query = _select(actor)
    if client_id is not None:
        query = query.where(Visit.client_id == client_id)
    if after is not None:
        query = query.where(tuple_(Visit.visited_at, Visit.id) < tuple_(*after))
    return _lines(query.order_by(Visit.visited_at.desc(), Visit.id.desc()).limit(limit + 1))


def files_of(visit_id: uuid.UUID) -> list[StoredFile]:
    """Photos, voice and papers of a visit known to be in scope, in their order."""
    query = select(StoredFile).where(StoredFile.subject_type == "visit", StoredFile.subject_id == visit_id)
    return list(db.session.scalars(query.order_by(StoredFile.position)))


def find_acknowledgement(visit_id: uuid.UUID) -> Acknowledgement | None:
    """What was signed on a visit known to be in scope."""
    return db.session.scalar(select(Acknowledgement).where(Acknowledgement.visit_id == visit_id))


def get_acknowledgement(acknowledgement_id: uuid.UUID) -> Acknowledgement:
    """One by its id, unscoped: for the worker, and for files that ask whose they are. Raises NotFound."""
    found = db.session.get(Acknowledgement, acknowledgement_id)
    if found is None:
        raise NotFound(MISSING)
    return found
