"""JSON of exports: ask for a list as a file, watch it, fetch it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.core.api import PageArgs, answer, blueprint, command, cut_page, idempotent, page_of
from webapp.core.cursors import as_id, read_cursor
from webapp.exports import delivery, queries, services
from webapp.exports.schemas import ExportIn, ExportOut, export_json
from webapp.users.current import current_actor

blp = blueprint("exports", __name__, "Lists as files: CSV, XLSX, PDF.")


@blp.route("/exports", methods=["GET"])
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_of(ExportOut, "ExportPage"))
def list_exports(args: dict[str, Any]) -> Response:
    """The caller's own exports, newest first."""
    after = read_cursor(args["cursor"], (as_id,))
    last: Any = after[0] if after else None
    rows = queries.list_exports(current_actor(), args["limit"] + 1, last)
    page = cut_page(rows, args["limit"], lambda row: (row.id,))
    return answer({**page, "items": [export_json(row) for row in page["items"]]})


@blp.route("/exports", methods=["POST"])
@blp.arguments(ExportIn)
@blp.response(201, ExportOut)
@blp.alt_response(202, schema=ExportOut, description="Left to the worker")
def make(values: dict[str, Any]) -> Response:
    """Ask for a file: made at once when the list is short, else by the worker."""
    actor = current_actor()
    asked = services.ask(actor, values["list"], values["format"], values["filters"], values["decimals"])
    made = services.make_now(actor, asked, delivery.folder())

    def note() -> tuple[int, Any]:
        return 201 if made else 202, export_json(delivery.settle(actor, asked, made))

    outcome = idempotent("export.make", values, note)
    if outcome.repeated and made:
        made.path.unlink(missing_ok=True)
    return answer(outcome.result, outcome.status)


@blp.route("/exports/<uuid:export_id>", methods=["GET"])
@blp.response(200, ExportOut)
def get_export(export_id: uuid.UUID) -> Response:
    """One export: how far it is."""
    return answer(export_json(queries.get_export(current_actor(), export_id)))


@blp.route("/exports/<uuid:export_id>/file", methods=["GET"])
@blp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@blp.alt_response(409, description="Not made yet")
def get_file(export_id: uuid.UUID) -> Response:
    """The file itself, for a week."""
    return delivery.hand_over(queries.get_export(current_actor(), export_id))


@blp.route("/exports/<uuid:export_id>/cancel", methods=["POST"])
@blp.response(200, ExportOut)
@command("export.cancel")
def cancel(export_id: uuid.UUID) -> tuple[Any, int]:
    """Stop an export that is not done."""
    return export_json(services.cancel(current_actor(), export_id)), 200
