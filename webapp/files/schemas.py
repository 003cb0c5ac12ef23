"""Stored files as the API shows them."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import EXCLUDE, Schema, fields

from webapp.core.api import ApiSchema
from webapp.files.models import StoredFile


class FileUpload(ApiSchema):
    """A file, as a form of several parts: PDF, JPEG, PNG, WebP, HEIC, or a sound
    (WebM, Ogg, MP4) of two minutes, at most 15 MB."""

    file = Upload(required=True)


class TusHeaders(Schema):
    """Which protocol a request about an upload speaks; other headers are not its business."""

    class Meta:
        unknown = EXCLUDE

    tus_resumable = fields.String(data_key="Tus-Resumable", metadata={"description": "1.0.0"})


class UploadHeaders(TusHeaders):
    """How long a file is, and what it is called."""

    upload_length = fields.String(data_key="Upload-Length", metadata={"description": "bytes"})
    upload_metadata = fields.String(
        data_key="Upload-Metadata", metadata={"description": "keys, each with a value in base64: filename"}
    )


class PieceHeaders(TusHeaders):
    """Where a piece starts."""

    upload_offset = fields.String(data_key="Upload-Offset", metadata={"description": "bytes"})


class FileSchema(ApiSchema):
    """What is known of a stored file."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    width = fields.Integer(allow_none=True, metadata={"description": "pixels of a picture"})
    height = fields.Integer(allow_none=True)
    duration_ms = fields.Integer(allow_none=True, metadata={"description": "length of a sound"})
    created_at = fields.DateTime()


def file_json(row: StoredFile) -> dict[str, Any]:
    """A stored file as the contract shows it."""
    return {
        "id": str(row.id),
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "width": row.width,
        "height": row.height,
        "duration_ms": row.duration_ms,
        "created_at": row.created_at,
    }
