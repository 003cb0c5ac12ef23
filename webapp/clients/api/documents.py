"""JSON about documents on clients; their files come through `/files`."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.clients import queries
from webapp.clients.api.shell import blp
from webapp.clients.queries.parts import list_documents
from webapp.clients.schemas.parts import DocumentSchema, part_json
from webapp.clients.services import documents
from webapp.core.api import answer, command, page_of
from webapp.core.db import unit_of_work
from webapp.users.current import current_actor


@blp.route("/clients/<uuid:client_id>/documents")
class Documents(MethodView):
    """Papers on a client."""

    @blp.response(200, page_of(DocumentSchema, "DocumentList"))
    def get(self, client_id: uuid.UUID) -> Response:
        """List documents, without those that show bank references for who may not see them."""
        actor = current_actor()
        queries.get_client(actor, client_id)
        rows = list_documents(actor, client_id)
        return answer({"items": [part_json(row, DocumentSchema) for row in rows], "next_cursor": None})

    @blp.arguments(DocumentSchema)
    @blp.response(201, DocumentSchema)
    @command("document.add")
    def post(self, values: dict[str, Any], client_id: uuid.UUID) -> tuple[Any, int]:
        """Add a document; `file_id` hangs a file of yours on it."""
        return part_json(documents.add_document(current_actor(), client_id, values), DocumentSchema), 201


@blp.route("/clients/<uuid:client_id>/documents/<uuid:part_id>")
class DocumentById(MethodView):
    """One document."""

    @blp.response(204)
    def delete(self, client_id: uuid.UUID, part_id: uuid.UUID) -> Response:
        """Take a document away; its file is let go."""
        with unit_of_work():
            documents.remove_document(current_actor(), client_id, part_id)
        return answer(None, 204)
