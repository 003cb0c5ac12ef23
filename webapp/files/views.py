"""Where a page's links to files lead."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request

from webapp.files.pictures import SIZES
from webapp.files.serving import serve, serve_small

blueprint = Blueprint("files", __name__)


@blueprint.get("/files/<uuid:file_id>")
def show(file_id: UUID) -> Response:
    """Save a file."""
    return serve(file_id)


@blueprint.get("/files/<uuid:file_id>/thumb")
def thumb(file_id: UUID) -> Response:
    """Look at a picture: `size` is 320 or 1280."""
    size = request.args.get("size", str(SIZES[0]))
    if size not in map(str, SIZES):
        abort(404)
    return serve_small(file_id, int(size))
