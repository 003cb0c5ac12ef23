"""JSON about stored files: bring one, save one. What they hang on is said where that thing is written."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.core.api import answer, idempotent
from webapp.files import schemas
from webapp.files.api.shell import blp
from webapp.files.models import StoredFile
from webapp.files.rules import EXTENSIONS
from webapp.files.serving import arrived, keep_arrived, serve
from webapp.files.storage import Arrival


@blp.route("/files")
class Files(MethodView):
    """Bringing files."""

    @blp.arguments(schemas.FileUpload, location="files")
    @blp.response(201, schemas.FileSchema)
    def post(self, files: dict[str, Any]) -> Response:
        """Bring a file. It is yours alone until it hangs on something; unused, it goes after a week."""
        brought = arrived()
        payload = [brought[0].brought, brought[1]] if brought else []
        outcome = idempotent("file.keep", payload, lambda: (201, schemas.file_json(_keep(brought))))
        return answer(outcome.result, outcome.status)


def _keep(brought: tuple[Arrival, str] | None) -> StoredFile:
    return keep_arrived(brought, EXTENSIONS)


@blp.route("/files/<uuid:file_id>")
class FileById(MethodView):
    """One file."""

    @blp.response(200, content_type="application/octet-stream")
    def get(self, file_id: uuid.UUID) -> Response:
        """Save a file, as far as you may read what it hangs on."""
        return serve(file_id)
