"""Files on messages, as everyone sees them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from webapp.extensions import db
from webapp.files.models import StoredFile


def attachments_of(message_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The wire form of the files on these messages, in their order, in one query; none without ids."""
    if not message_ids:
        return {}
    rows = db.session.scalars(
        select(StoredFile)
        .where(StoredFile.subject_type == "message", StoredFile.subject_id.in_(message_ids))
        .order_by(StoredFile.subject_id, StoredFile.position)
    )
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row in rows:
        assert row.subject_id is not None
        found.setdefault(row.subject_id, []).append(wire(row))
    return found


def wire(row: StoredFile) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": kind_of(row.media_type),
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "width": row.width,
        "height": row.height,
        "duration_ms": row.duration_ms,
    }


def kind_of(media_type: str) -> str:
    """`image`, `audio` or `file`: how it is shown."""
    family = media_type.partition("/")[0]
    return family if family in ("image", "audio") else "file"
