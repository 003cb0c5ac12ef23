"""Files on messages, as everyone sees them: a column of the messages' own statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select

from webapp.core.nested import RowsOf
from webapp.files.models import StoredFile
from webapp.threads.models import Message

# Only of messages that say they have some: the others are not looked for.
FILES = case(
    (
        Message.file_count > 0,
        select(
            RowsOf(
                StoredFile.position,
                StoredFile.id,
                StoredFile.media_type,
                StoredFile.name,
                StoredFile.size,
                StoredFile.width,
                StoredFile.height,
                StoredFile.duration_ms,
            )
        )
        .where(StoredFile.subject_type == "message", StoredFile.subject_id == Message.id)
        .correlate(Message)
        .scalar_subquery(),
    )
).label("files")


def attachments_in(files: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The wire form of the files of one message (its column FILES), in their order."""
    return [_wire(*file) for _position, *file in sorted(files, key=lambda file: (file[0], file[1]))]


def attachment_of(file: StoredFile) -> dict[str, Any]:
    """The wire form of one file, wherever it hangs."""
    measures = (file.width, file.height, file.duration_ms)
    return _wire(str(file.id), file.media_type, file.name, file.size, *measures)


def _wire(file_id: str, media_type: str, name: str, size: int, *measures: int | None) -> dict[str, Any]:
    width, height, duration_ms = measures
    return {
        "id": str(uuid.UUID(file_id)),
        "kind": kind_of(media_type),
        "name": name,
        "media_type": media_type,
        "size": size,
        "width": width,
        "height": height,
        "duration_ms": duration_ms,
    }


def kind_of(media_type: str) -> str:
    """`image`, `audio` or `file`: how it is shown."""
    family = media_type.partition("/")[0]
    return family if family in ("image", "audio") else "file"
