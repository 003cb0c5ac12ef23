"""Reads of stored files, under the rights of what they hang on."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.files.policy import Asker, may_read

MISSING = _l("Fichier introuvable. Il n’existe pas, ou vous ne pouvez pas le lire.")


def get_file(asker: Asker, file_id: uuid.UUID) -> StoredFile:
    """The file, or NotFound when it does not exist or this person may not read it."""
    found = db.session.get(StoredFile, file_id)
    if found is None or not may_read(asker, found):
        raise NotFound(MISSING)
    return found


def map_files(file_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, StoredFile]:
    """Files by id, unscoped: the caller shows them beside subjects it has judged."""
    if not file_ids:
        return {}
    return {row.id: row for row in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids)))}


def stored_bytes() -> int:
    """What all stored contents weigh together, each counted once."""
    each = select(func.max(StoredFile.size).label("size")).group_by(StoredFile.sha256).subquery()
    return int(db.session.scalar(select(func.coalesce(func.sum(each.c.size), 0))) or 0)


def loose_bytes(owner_id: uuid.UUID) -> int:
    """What one person holds that hangs on nothing."""
    total = select(func.coalesce(func.sum(StoredFile.size), 0))
    mine = total.where(StoredFile.owner_id == owner_id, StoredFile.loose_since.is_not(None))
    return int(db.session.scalar(mine) or 0)
