"""JSON about the company's own fields and the answers on each client."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.clients import queries
from webapp.clients.api.shell import blp
from webapp.clients.queries.custom import list_answers, list_fields
from webapp.clients.schemas.relations import (
    FieldSchema,
    FieldWrite,
    ValueSchema,
    ValueWrite,
    field_json,
    value_json,
)
from webapp.clients.services import custom
from webapp.core.api import answer, command, page_of
from webapp.core.db import unit_of_work
from webapp.users.current import current_actor


@blp.route("/custom-fields")
class Fields(MethodView):
    """What the company wants to know of every client."""

    @blp.response(200, page_of(FieldSchema, "FieldList"))
    def get(self) -> Response:
        """List the fields asked for; there is no second page."""
        return answer({"items": [field_json(row) for row in list_fields()], "next_cursor": None})

    @blp.arguments(FieldWrite)
    @blp.response(201, FieldSchema)
    @command("custom_field.define")
    def post(self, values: dict[str, Any]) -> tuple[Any, int]:
        """Define a field (administrators)."""
        return field_json(custom.define_field(current_actor(), **values)), 201


@blp.route("/clients/<uuid:client_id>/custom-values")
class Values(MethodView):
    """What is known of one client."""

    @blp.response(200, page_of(ValueSchema, "ValueList"))
    def get(self, client_id: uuid.UUID) -> Response:
        """List every field with its answer; there is no second page."""
        queries.get_client(current_actor(), client_id)
        return answer({"items": _shown(client_id), "next_cursor": None})


@blp.route("/clients/<uuid:client_id>/custom-values/<uuid:field_id>")
class Value(MethodView):
    """One answer."""

    @blp.arguments(ValueWrite)
    @blp.response(200, ValueSchema)
    def put(self, values: dict[str, Any], client_id: uuid.UUID, field_id: uuid.UUID) -> Response:
        """Write an answer; it is taken to be true from now on."""
        with unit_of_work():
            custom.answer_field(current_actor(), client_id, field_id, values["value"])
        return answer(_one(client_id, field_id))


@blp.route("/clients/<uuid:client_id>/custom-values/<uuid:field_id>/confirmation")
class Confirmation(MethodView):
    """Still true."""

    @blp.response(200, ValueSchema)
    @command("field.confirm")
    def post(self, client_id: uuid.UUID, field_id: uuid.UUID) -> tuple[Any, int]:
        """Say that an answer still holds."""
        custom.confirm_answer(current_actor(), client_id, field_id)
        return _one(client_id, field_id), 200


def _shown(client_id: uuid.UUID) -> list[dict[str, Any]]:
    return [value_json(each) for each in list_answers(client_id)]


def _one(client_id: uuid.UUID, field_id: uuid.UUID) -> dict[str, Any]:
    return next(each for each in _shown(client_id) if each["field_id"] == str(field_id))
