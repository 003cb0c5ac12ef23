"""JSON about contacts, addresses, references and signatories: four resources of one shape."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.clients import queries
from webapp.clients.api.shell import blp
from webapp.clients.queries.parts import get_part, list_parts
from webapp.clients.schemas.parts import (
    AddressSchema,
    ContactSchema,
    ReferenceSchema,
    SignatorySchema,
    SignatoryShown,
    part_json,
)
from webapp.clients.services import parts
from webapp.core.api import ApiSchema, answer, command, page_of
from webapp.core.db import unit_of_work
from webapp.users.current import current_actor

View = type[MethodView]


def resource(part: str, name: str, taken: type[ApiSchema], shown: type[ApiSchema]) -> None:
    """Routes of one part: list and add under the client, read, write and take away one."""
    views: tuple[tuple[View, str], ...] = (
        (_several(part, name, taken, shown), ""),
        (_one(part, taken, shown), "/<uuid:part_id>"),
    )
    for view, suffix in views:
        view.__name__ = f"{name}{view.__name__}"
        blp.route(f"/clients/<uuid:client_id>/{part}{suffix}")(view)


def _several(part: str, name: str, taken: type[ApiSchema], shown: type[ApiSchema]) -> View:
    class Several(MethodView):
        """All of them on one client."""

        @blp.response(200, page_of(shown, f"{name}List"))
        def get(self, client_id: uuid.UUID) -> Response:
            """List them; there is no second page."""
            queries.get_client(current_actor(), client_id)
            rows = list_parts(client_id, part)
            return answer({"items": [part_json(row, shown) for row in rows], "next_cursor": None})

        @blp.arguments(taken)
        @blp.response(201, shown)
        @command(f"{parts.SUBJECTS[part]}.add")
        def post(self, values: dict[str, Any], client_id: uuid.UUID) -> tuple[Any, int]:
            """Add one."""
            return part_json(parts.add_part(current_actor(), client_id, part, values), shown), 201

    return Several


def _one(part: str, taken: type[ApiSchema], shown: type[ApiSchema]) -> View:
    class One(MethodView):
        """One of them."""

        @blp.response(200, shown)
        def get(self, client_id: uuid.UUID, part_id: uuid.UUID) -> Response:
            """Read it."""
            return answer(part_json(get_part(current_actor(), client_id, part, part_id), shown))

        @blp.arguments(taken)
        @blp.response(200, shown)
        def put(self, values: dict[str, Any], client_id: uuid.UUID, part_id: uuid.UUID) -> Response:
            """Write it anew."""
            with unit_of_work():
                row = parts.change_part(current_actor(), client_id, part, part_id, values)
                body = part_json(row, shown)
            return answer(body)

        @blp.response(204)
        def delete(self, client_id: uuid.UUID, part_id: uuid.UUID) -> Response:
            """Take it away."""
            with unit_of_work():
                parts.remove_part(current_actor(), client_id, part, part_id)
            return answer(None, 204)

    return One


resource("contacts", "Contact", ContactSchema, ContactSchema)
resource("addresses", "Address", AddressSchema, AddressSchema)
resource("references", "Reference", ReferenceSchema, ReferenceSchema)
resource("signatories", "Signatory", SignatorySchema, SignatoryShown)
