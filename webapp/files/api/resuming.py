"""Uploads in pieces, by the protocol tus 1.0: core, creation, expiration, termination.

A line that breaks costs what was under way, not what came before it.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, request
from flask.views import MethodView
from flask_babel import lazy_gettext as _l

from webapp.core.api import PREFIX, act_id
from webapp.core.commands import once
from webapp.core.errors import DomainError, Invalid
from webapp.core.web import actor_key, asker
from webapp.extensions import db
from webapp.files import rules, services
from webapp.files.api.shell import blp
from webapp.files.models import StoredFile
from webapp.files.parts import Part
from webapp.files.rules import resuming as rule
from webapp.files.schemas import PieceHeaders, UploadHeaders, file_json
from webapp.files.services import resuming
from webapp.files.storage import Arrival

UPLOADS = f"{PREFIX}/uploads"


class OtherVersion(DomainError):
    status, code = 412, "tus_version"


class NotAPiece(DomainError):
    status, code = 415, "unsupported_media_type"


class NoLength(DomainError):
    status, code = 411, "length_required"


@blp.after_request
def _say_version(response: Response) -> Response:
    if not request.path.startswith(UPLOADS):
        return response
    response.headers["Tus-Resumable"] = rule.VERSION
    if response.status_code == OtherVersion.status or request.method == "OPTIONS":
        response.headers["Tus-Version"] = rule.VERSION
    return response


@blp.route("/uploads")
class Uploads(MethodView):
    """Beginning an upload."""

    @blp.response(204)
    def options(self) -> Response:
        """What this server can do."""
        response = Response(status=204)
        response.headers["Tus-Extension"] = ",".join(rule.EXTENSIONS)
        response.headers["Tus-Max-Size"] = str(rules.LARGEST)
        return response

    @blp.arguments(UploadHeaders, location="headers")
    @blp.response(201)
    def post(self, headers: dict[str, Any]) -> Response:
        """Begin an upload of `Upload-Length` bytes; `Location` is where its pieces go.

        `Upload-Metadata` may hold `filename`. With an `Idempotency-Key` the same upload is found again, and
        `Upload-Offset` says how far it is. Once whole, it is the file with the upload's id.
        """
        _check_version(headers)
        length = rule.whole_number(headers.get("upload_length"))
        try:
            said = rule.metadata(headers.get("upload_metadata", ""))
        except ValueError as error:
            raise Invalid(errors={"Upload-Metadata": _l("Ce n’est pas lisible.")}) from error
        if length is None:
            raise Invalid(errors={"Upload-Length": _l("Dites combien d’octets pèse le fichier.")})
        part = resuming.begin(asker(), act_id(), length, said.get("filename", ""), quota=_quota())
        response = _state(part, part.offset, 201)
        response.headers["Location"] = f"{UPLOADS}/{part.id}"
        return response


@blp.route("/uploads/<uuid:upload_id>")
class UploadById(MethodView):
    """One upload of one's own."""

    @blp.response(200)
    def head(self, upload_id: uuid.UUID) -> Response:
        """How far it is: `Upload-Offset` of `Upload-Length`."""
        part = resuming.get_upload(asker(), upload_id)
        _check_version({"tus_resumable": request.headers.get("Tus-Resumable")})
        response = _state(part, part.offset, 200)
        response.headers["Upload-Length"] = str(part.length)
        return response

    @blp.arguments(PieceHeaders, location="headers")
    @blp.response(204)
    def patch(self, headers: dict[str, Any], upload_id: uuid.UUID) -> Response:
        """Bring a piece that starts at `Upload-Offset`. After the last one it is a file, or refused.

        The body is `application/offset+octet-stream`. 409 with code `moved`: ask again how far it is.
        """
        part = resuming.get_upload(asker(), upload_id)
        _check_version(headers)
        if request.mimetype != rule.PIECE:
            raise NotAPiece(_l("Envoyez le morceau en application/offset+octet-stream."))
        if "Transfer-Encoding" in request.headers:
            raise NoLength(_l("Dites combien d’octets pèse le morceau."))
        offset = rule.whole_number(headers.get("upload_offset"))
        if offset is None:
            raise Invalid(errors={"Upload-Offset": _l("Dites où commence le morceau.")})
        db.session.rollback()  # a slow line holds no connection of the database
        reached = resuming.bring(part, offset, request.content_length or 0, request.stream)
        if reached == part.length and not part.done:
            _become_file(part)
        return _state(part, reached, 204)

    @blp.response(204)
    def delete(self, upload_id: uuid.UUID) -> Response:
        """Give it up: what came goes. The file of one that is whole stays."""
        part = resuming.get_upload(asker(), upload_id)
        _check_version({"tus_resumable": request.headers.get("Tus-Resumable")})
        resuming.give_up(part)
        return Response(status=204)


def _become_file(part: Part) -> None:
    """Once, however many requests bring the last byte: the file has the upload's id."""
    arrival = resuming.develop(part)

    def act() -> tuple[int, Any]:
        return 201, file_json(_keep(part, arrival))

    once(actor_key(), part.id, "file.keep", ["in pieces", arrival.brought], act)
    resuming.finish(part)


def _keep(part: Part, arrival: Arrival) -> StoredFile:
    return services.keep(asker(), arrival, part.name, quota=_quota(), file_id=part.id)


def _state(part: Part, offset: int, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Expires"] = rule.http_date(rule.expires_at(part.last_piece_at))
    return response


def _check_version(headers: dict[str, Any]) -> None:
    if headers.get("tus_resumable") != rule.VERSION:
        raise OtherVersion(_l("Ce serveur parle tus %(version)s.", version=rule.VERSION))


def _quota() -> int:
    quota: int = current_app.config["SETTINGS"].storage_quota
    return quota
