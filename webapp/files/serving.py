"""A file in and out over HTTP, for pages and programs alike."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import Response, current_app, request, send_file
from flask_babel import lazy_gettext as _l

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound
from webapp.core.web import asker
from webapp.files import queries, services
from webapp.files.models import StoredFile
from webapp.files.policy import kind_of
from webapp.files.rules import PAPERS, PICTURES
from webapp.files.storage import REFUSED, Arrival, path_of, receive, small_path_of


def arrived() -> tuple[Arrival, str] | None:
    """The request's `file` in its place on the disk and what it was called; None when there is none.

    Called before the transaction. Raises what `receive` raises.
    """
    return next(iter(all_arrived("file", 1)), None)


def all_arrived(field: str, most: int) -> list[tuple[Arrival, str]]:
    """The same for a field of several files. Raises Invalid when they are more than `most`."""
    files = [file for file in request.files.getlist(field) if file.filename]
    if len(files) > most:
        raise Invalid(errors={field: _l("Joignez au plus %(most)s fichiers.", most=most)})
    return [(receive(file.stream), file.filename or "") for file in files]


def keep_arrived(brought: tuple[Arrival, str] | None, kinds: Collection[str] = PAPERS) -> StoredFile:
    """Note it as a file of who asks, in the running transaction.

    Raises Invalid when there is none, or it is not of these kinds.
    """
    if brought is None:
        raise Invalid(errors={"file": _l("Choisissez un fichier.")})
    if brought[0].media_type not in kinds:
        raise Invalid(errors={"file": REFUSED}, code="file_kind")
    return services.keep(asker(), *brought, quota=current_app.config["SETTINGS"].storage_quota)


def serve(file_id: uuid.UUID) -> Response:
    """The content as something to save, never to be run. Raises NotFound."""
    found = _readable(file_id)
    response = send_file(
        path_of(found.sha256), mimetype=found.media_type, as_attachment=True, download_name=found.name
    )
    return _guarded(response, "private, no-store")


def serve_small(file_id: uuid.UUID, size: int) -> Response:
    """A picture in one of its small sizes, to be looked at in a page. Raises NotFound.

    The browser keeps it, and asks each time whether it still may.
    """
    found = _readable(file_id)
    path = small_path_of(found.sha256, size)
    if found.media_type not in PICTURES or not path.exists():
        raise NotFound(queries.MISSING)
    response = send_file(path, mimetype="image/webp", etag=f"{found.sha256}-{size}", conditional=True)
    return _guarded(response, "private, no-cache")


def _readable(file_id: uuid.UUID) -> StoredFile:
    """The file, once its reading is noted where that must be. Raises NotFound."""
    who = asker()
    found = queries.get_file(who, file_id)
    kind = kind_of(found)
    if kind is not None and found.subject_id is not None and kind.must_note(who, found.subject_id):
        with unit_of_work():
            services.note_reading(who, found)
        found = queries.get_file(who, file_id)
    return found


def _guarded(response: Response, cache: str) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = cache
    return response
