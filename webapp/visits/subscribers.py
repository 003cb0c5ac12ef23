"""What visits give those below: a thread each, a card in the client's thread, files that hang on them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, String, cast, exists, literal, select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.core.pages import day
from webapp.extensions import db
from webapp.files import policy as files_policy
from webapp.threads.acts import ActKind
from webapp.threads.acts import register as register_act
from webapp.threads.models import Thread
from webapp.threads.subjects import CLIENT_COLUMNS, SubjectKind, client_called
from webapp.threads.subjects import register as register_subject
from webapp.users.actor import Actor
from webapp.visits.models import Acknowledgement, Visit
from webapp.visits.queries import cards, get_visit


def _select(ids: Any) -> Any:
    columns = (literal("visit").label("type"), Visit.id, cast(Visit.visited_at, String).label("title"))
    query = select(*columns, *CLIENT_COLUMNS).join(Client, Client.id == Visit.client_id)
    return query.where(Visit.id.in_(ids))


def _titled(instant: str) -> str:
    """A visit is called by its day; `instant` as the database writes it, in UTC where it does not say."""
    then = datetime.fromisoformat(instant)
    return _("Visite du %(day)s", day=day(then if then.tzinfo else then.replace(tzinfo=UTC)))


def _readable(actor: Actor, column: Any) -> ColumnElement[bool]:
    found = select(Visit.id).join(Client, Client.id == Visit.client_id)
    return exists(found.where(Visit.id == column, in_scope(actor)).correlate(Thread))


def _named(column: Any, pattern: str) -> ColumnElement[bool]:
    found = select(Visit.id).join(Client, Client.id == Visit.client_id).where(Visit.id == column)
    return exists(found.where(client_called(pattern)).correlate(Thread))


def _may_read_files(actor: Actor, visit_id: uuid.UUID) -> bool:
    """Whoever may read a visit may look at its photos and hear its voice note."""
    try:
        get_visit(actor, visit_id)
    except NotFound:
        return False
    return True


def _may_read_paper(actor: Actor, acknowledgement_id: uuid.UUID) -> bool:
    row = db.session.get(Acknowledgement, acknowledgement_id)
    return row is not None and _may_read_files(actor, row.visit_id)


register_subject(
    SubjectKind("visit", _select, lambda found: f"/visits/{found}/thread", _readable, _named, _titled)
)
register_act(ActKind("visit", "visits/_card.html", cards))
files_policy.register("visit", files_policy.SubjectKind(may_read=_may_read_files))
files_policy.register("acknowledgement", files_policy.SubjectKind(may_read=_may_read_paper))
