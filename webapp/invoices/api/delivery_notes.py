"""JSON about delivery notes: list, upsert by reference, one of them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.core.api import answer, cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.invoices import queries, schemas
from webapp.invoices.api.shell import blp, client_named
from webapp.invoices.services import note_input, require_writer, upsert_note
from webapp.users.current import current_actor


@blp.route("/delivery-notes")
class DeliveryNotes(MethodView):
    """The delivery notes of the caller's scope."""

    @blp.arguments(schemas.DeliveryNoteListArgs, location="query")
    @blp.response(200, schemas.DeliveryNotePage)
    def get(self, args: dict[str, Any]) -> Response:
        """List delivery notes, newest first; `unbilled` those that wait for their invoice."""
        limit, after = args.pop("limit"), read_cursor(args.pop("cursor"), (as_day, as_id))
        rows = queries.list_notes(current_actor(), limit=limit, after=after, **args)
        page = cut_page(rows, limit, lambda row: (row[0].delivered_on, row[0].id))
        return answer({**page, "items": [schemas.note_json(*row) for row in page["items"]]})


@blp.route("/delivery-notes/<uuid:note_id>")
class DeliveryNoteById(MethodView):
    """One delivery note."""

    @blp.response(200, schemas.DeliveryNoteSchema)
    def get(self, note_id: uuid.UUID) -> Response:
        """Read a delivery note."""
        return answer(schemas.note_json(*queries.get_note(current_actor(), note_id)))


@blp.route("/delivery-notes/by-ref/<path:ref>")
class DeliveryNoteByRef(MethodView):
    """One delivery note by the reference of the caller's own system."""

    @blp.response(200, schemas.DeliveryNoteSchema)
    def get(self, ref: str) -> Response:
        """Read a delivery note by its reference."""
        return answer(schemas.note_json(*queries.get_note_by_ref(current_actor(), ref)))

    @blp.arguments(schemas.DeliveryNoteWrite)
    @blp.response(200, schemas.DeliveryNoteSchema)
    @blp.alt_response(201, schema=schemas.DeliveryNoteSchema, description="Created")
    def put(self, values: dict[str, Any], ref: str) -> Response:
        """Record or correct a delivery note."""
        actor = current_actor()
        require_writer(actor)
        with unit_of_work():
            client = client_named(actor, values["client_ref"])
            row = note_input(actor, ref, client, values)
            note, outcome = upsert_note(actor, row, closed=values.get("closed"))
        body = schemas.note_json(*queries.get_note(actor, note.id))
        return answer(body, 201 if outcome == "created" else 200)
