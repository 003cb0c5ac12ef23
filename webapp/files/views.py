"""Where a page's links to files lead."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from webapp.files.serving import serve

blueprint = Blueprint("files", __name__)


@blueprint.get("/files/<uuid:file_id>")
def show(file_id: UUID) -> Response:
    """Save a file."""
    return serve(file_id)
