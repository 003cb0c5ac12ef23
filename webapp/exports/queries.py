"""Reads of exports: each person's own."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.errors import NotFound
from webapp.exports.models import Export
from webapp.exports.policy import may_open
from webapp.extensions import db
from webapp.users.actor import Actor

MISSING = _l("Export introuvable. Il n’existe pas, ou n’est pas à vous.")


def get_export(actor: Actor, export_id: uuid.UUID) -> Export:
    """The actor's own export. NotFound for others, and once the actor's rights are not the same."""
    found = db.session.get(Export, export_id)
    if found is None or not may_open(actor, found):
        raise NotFound(MISSING)
    return found


def list_exports(actor: Actor, limit: int, after: uuid.UUID | None = None) -> list[Export]:
    """The actor's exports that may still be opened, newest first."""
    query = select(Export).where(Export.created_by == actor.user_id)
    if after is not None:
        query = query.where(Export.id < after)
    rows = db.session.scalars(query.order_by(Export.id.desc()).limit(limit))
    return [row for row in rows if may_open(actor, row)]
