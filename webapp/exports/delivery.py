"""What pages and programs share: make the file now or later, hand it over."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, send_file
from flask_babel import lazy_gettext as _l

from webapp.core.errors import Conflict, NotFound
from webapp.exports import services
from webapp.exports.models import Export
from webapp.exports.queries import MISSING
from webapp.exports.rules import MEDIA
from webapp.exports.services import Asked, Made
from webapp.users.actor import Actor


def folder() -> Path:
    """Where files wait to be fetched."""
    found: Path = current_app.config["SETTINGS"].instance_path / "exports"
    return found


def settle(actor: Actor, asked: Asked, made: Made | None) -> Export:
    """Note the file that was made, or leave it to the worker; in the running transaction."""
    if made is None:
        return services.enqueue_export(actor, asked)
    return services.record_made(actor, asked, made)


def hand_over(row: Export) -> Response:
    """The file of an export already known to be the actor's. Raises Conflict until it is made; NotFound."""
    if row.state in ("waiting", "writing"):
        raise Conflict(_l("Ce fichier n’est pas encore prêt."))
    path = Path(row.path) if row.path else None
    if row.state != "done" or path is None or not path.is_file():
        raise NotFound(MISSING)
    return send_file(path, mimetype=MEDIA[row.format], as_attachment=True, download_name=row.filename)
