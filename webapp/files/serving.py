"""A file in and out over HTTP, for pages and programs alike."""

from __future__ import annotations

import uuid

from flask import Response, current_app, request, send_file
from flask_babel import lazy_gettext as _l

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.web import asker
from webapp.files import queries, services
from webapp.files.models import StoredFile
from webapp.files.policy import kind_of
from webapp.files.storage import Arrival, path_of, receive


def arrived() -> tuple[Arrival, str] | None:
    """The request's `file` in its place on the disk and what it was called; None when there is none.

    Called before the transaction. Raises what `receive` raises.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    return receive(file.stream), file.filename


def keep_arrived(brought: tuple[Arrival, str] | None) -> StoredFile:
    """Note it as a file of who asks, in the running transaction. Raises Invalid when there is none."""
    if brought is None:
        raise Invalid(errors={"file": _l("Choisissez un fichier.")})
    return services.keep(asker(), *brought, quota=current_app.config["SETTINGS"].storage_quota)


def serve(file_id: uuid.UUID) -> Response:
    """The content as something to save, never to be run. Raises NotFound."""
    who = asker()
    found = queries.get_file(who, file_id)
    kind = kind_of(found)
    if kind is not None and found.subject_id is not None and kind.must_note(who, found.subject_id):
        with unit_of_work():
            services.note_reading(who, found)
        found = queries.get_file(who, file_id)
    response = send_file(
        path_of(found.sha256), mimetype=found.media_type, as_attachment=True, download_name=found.name
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
