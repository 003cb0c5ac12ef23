"""The company's own questions, and the answers on one sheet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select

from webapp.clients.models import CustomField, CustomValue
from webapp.clients.rules import is_stale
from webapp.core.clock import now
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.users.models import User


@dataclass(frozen=True)
class Answer:
    """A question and what one client's sheet answers; `stale`: ask whether it still holds."""

    field: CustomField
    value: str | None
    author: str | None
    written_at: datetime | None
    confirmed_at: datetime | None
    stale: bool


def list_fields(*, archived: bool = False) -> list[CustomField]:
    """Questions in their order; with `archived`, those no longer asked too."""
    query = select(CustomField).order_by(CustomField.archived_at.is_not(None), CustomField.position)
    if not archived:
        query = query.where(CustomField.archived_at.is_(None))
    return list(db.session.scalars(query))


def get_field(field_id: uuid.UUID) -> CustomField:
    """A question, or NotFound."""
    found = db.session.get(CustomField, field_id)
    if found is None:
        raise NotFound(_l("Ce champ n’existe pas."))
    return found


def find_value(client_id: uuid.UUID, field_id: uuid.UUID) -> CustomValue | None:
    """The answer of one client to one question."""
    query = select(CustomValue).where(CustomValue.client_id == client_id, CustomValue.field_id == field_id)
    return db.session.scalar(query.with_for_update())


def list_answers(client_id: uuid.UUID) -> list[Answer]:
    """Every question asked, with the answer of a client already known to be in scope. One query."""
    mine = and_(CustomValue.field_id == CustomField.id, CustomValue.client_id == client_id)
    rows = db.session.execute(
        select(CustomField, CustomValue, User.name)
        .outerjoin(CustomValue, mine)
        .outerjoin(User, User.id == CustomValue.written_by)
        .where(CustomField.archived_at.is_(None))
        .order_by(CustomField.position)
    ).all()
    instant = now()
    return [_answer(field, value, author, instant) for field, value, author in rows]


def _answer(field: CustomField, value: CustomValue | None, author: str | None, instant: datetime) -> Answer:
    if value is None:
        return Answer(field, None, None, None, None, stale=False)
    stale = is_stale(value.confirmed_at, field.valid_days, instant)
    return Answer(field, value.value, author, value.written_at, value.confirmed_at, stale)
