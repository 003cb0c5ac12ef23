"""JSON about quotes and orders: list, upsert by reference, one with what became of it."""

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
from webapp.invoices.services import order_input, require_writer, upsert_order
from webapp.users.current import current_actor


@blp.route("/orders")
class Orders(MethodView):
    """The quotes and orders of the caller's scope."""

    @blp.arguments(schemas.OrderListArgs, location="query")
    @blp.response(200, schemas.OrderPage)
    def get(self, args: dict[str, Any]) -> Response:
        """List quotes and orders, newest first."""
        limit, after = args.pop("limit"), read_cursor(args.pop("cursor"), (as_day, as_id))
        rows = queries.list_orders(current_actor(), limit=limit, after=after, **args)
        page = cut_page(rows, limit, lambda row: (row[0].issued_on, row[0].id))
        return answer({**page, "items": [schemas.order_json(*row) for row in page["items"]]})


@blp.route("/orders/<uuid:order_id>")
class OrderById(MethodView):
    """One quote or order."""

    @blp.response(200, schemas.OrderSchema)
    def get(self, order_id: uuid.UUID) -> Response:
        """Read a quote or an order."""
        return answer(schemas.order_json(*queries.get_order(current_actor(), order_id)))


@blp.route("/orders/by-ref/<path:ref>")
class OrderByRef(MethodView):
    """One order by the reference of the caller's own system."""

    @blp.response(200, schemas.OrderSchema)
    def get(self, ref: str) -> Response:
        """Read an order by its reference."""
        return answer(schemas.order_json(*queries.get_order_by_ref(current_actor(), "order", ref)))

    @blp.arguments(schemas.OrderWrite)
    @blp.response(200, schemas.OrderSchema)
    @blp.alt_response(201, schema=schemas.OrderSchema, description="Created")
    def put(self, values: dict[str, Any], ref: str) -> Response:
        """Record or correct an order; one that names a quote wins it."""
        return _put("order", ref, values)


@blp.route("/quotes/by-ref/<path:ref>")
class QuoteByRef(MethodView):
    """One quote by the reference of the caller's own system."""

    @blp.response(200, schemas.OrderSchema)
    def get(self, ref: str) -> Response:
        """Read a quote by its reference."""
        return answer(schemas.order_json(*queries.get_order_by_ref(current_actor(), "quote", ref)))

    @blp.arguments(schemas.OrderWrite)
    @blp.response(200, schemas.OrderSchema)
    @blp.alt_response(201, schema=schemas.OrderSchema, description="Created")
    def put(self, values: dict[str, Any], ref: str) -> Response:
        """Record or correct a quote."""
        return _put("quote", ref, values)


def _put(kind: str, ref: str, values: dict[str, Any]) -> Response:
    actor = current_actor()
    require_writer(actor)
    with unit_of_work():
        client = client_named(actor, values["client_ref"])
        row = order_input(actor, kind, ref, client, values)
        order, outcome = upsert_order(actor, row, state=values.get("state"))
    body = schemas.order_json(*queries.get_order(actor, order.id))
    return answer(body, 201 if outcome == "created" else 200)
