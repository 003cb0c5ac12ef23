"""JSON of imports: bring a file, watch it, write it, take it back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app
from flask_babel import lazy_gettext as _l

from webapp.core.api import answer, blueprint, command, cut_page, decode_cursor, idempotent, page_of
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import parse_id
from webapp.imports import queries, services
from webapp.imports.schemas import (
    OUTCOMES,
    ImportOut,
    MappingIn,
    PageArgs,
    RowArgs,
    RowOut,
    UploadFile,
    UploadForm,
    import_json,
    row_json,
)
from webapp.users.current import current_actor

LAST_LINE = 2**31
blp = blueprint("imports", __name__, "Files that become invoices and clients, checked first.")


@blp.route("/imports", methods=["GET"])
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_of(ImportOut, "ImportPage"))
def list_imports(args: dict[str, Any]) -> Response:
    """Imports, newest first."""
    position = decode_cursor(args["cursor"], 1)
    after = parse_id(position[0]) if position else None
    rows = queries.list_imports(current_actor(), args["limit"] + 1, after)
    page = cut_page(rows, args["limit"], lambda row: (row.id,))
    return answer({**page, "items": [import_json(row) for row in page["items"]]})


@blp.route("/imports", methods=["POST"])
@blp.arguments(UploadFile, location="files")
@blp.arguments(UploadForm, location="form")
@blp.response(202, ImportOut)
def upload(files: dict[str, Any], form: dict[str, Any]) -> Response:
    """Bring a file; its check starts by itself when its columns are recognised."""
    actor, file = current_actor(), files["file"]
    folder = current_app.config["SETTINGS"].instance_path / "imports"
    arrival = services.take_in(actor, file.filename or "", file.stream, folder=folder, **form)
    said = [arrival.filename, arrival.kind, arrival.mode, arrival.sha256]
    outcome = idempotent("import.upload", said, lambda: (202, import_json(services.receive(actor, arrival))))
    if outcome.repeated:
        arrival.discard()
    return answer(outcome.result, outcome.status)


@blp.route("/imports/<uuid:import_id>", methods=["GET"])
@blp.response(200, ImportOut)
def get_import(import_id: uuid.UUID) -> Response:
    """One import: state, progress, counts."""
    return answer(import_json(queries.get_import(current_actor(), import_id)))


@blp.route("/imports/<uuid:import_id>/rows", methods=["GET"])
@blp.arguments(RowArgs, location="query")
@blp.response(200, page_of(RowOut, "ImportRowPage"))
def list_rows(args: dict[str, Any], import_id: uuid.UUID) -> Response:
    """What each row would do, or did, in the order of the file."""
    position = decode_cursor(args["cursor"], 1)
    outcomes = [args["outcome"]] if args["outcome"] else OUTCOMES
    after = position[0] if position else 0
    if not isinstance(after, int) or not 0 <= after < LAST_LINE:
        raise Invalid(errors={"cursor": _l("Ce curseur n’est pas valable.")})
    rows = queries.list_rows(current_actor(), import_id, outcomes, args["limit"] + 1, after)
    page = cut_page(rows, args["limit"], lambda row: (row.line,))
    return answer({**page, "items": [row_json(row) for row in page["items"]]})


@blp.route("/imports/<uuid:import_id>/mapping", methods=["PUT"])
@blp.arguments(MappingIn)
@blp.response(202, ImportOut)
def set_mapping(values: dict[str, Any], import_id: uuid.UUID) -> Response:
    """Say which column means what; the file is checked again."""
    with unit_of_work():
        row = services.set_mapping(current_actor(), import_id, values["mapping"], values["name"])
        body = import_json(row)
    return answer(body, 202)


@blp.route("/imports/<uuid:import_id>/commit", methods=["POST"])
@blp.response(202, ImportOut)
@command("import.commit")
def commit(import_id: uuid.UUID) -> tuple[Any, int]:
    """Write a checked file: all of it or nothing."""
    return import_json(services.request_commit(current_actor(), import_id)), 202


@blp.route("/imports/<uuid:import_id>/cancel", methods=["POST"])
@blp.response(202, ImportOut)
@command("import.cancel")
def cancel(import_id: uuid.UUID) -> tuple[Any, int]:
    """Stop a check, or an import that has not been written."""
    return import_json(services.cancel(current_actor(), import_id)), 202


@blp.route("/imports/<uuid:import_id>/undo", methods=["POST"])
@blp.response(200, ImportOut)
@command("import.undo")
def undo(import_id: uuid.UUID) -> tuple[Any, int]:
    """Take an import back, within 30 days, unless something refers to what it made."""
    return import_json(services.undo(current_actor(), import_id)), 200
