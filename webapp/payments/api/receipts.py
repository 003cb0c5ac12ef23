"""JSON about payments: list, record, allocate, return."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.core.api import answer, command, cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.payments import queries, schemas
from webapp.payments.api.shell import blp
from webapp.payments.schemas.matchings import ReturnWrite
from webapp.payments.services import Draft, allocate_by_ref, return_payment, take_payment
from webapp.users.current import current_actor


@blp.route("/payments")
class Payments(MethodView):
    """The payments of the caller's scope."""

    @blp.arguments(schemas.PaymentListArgs, location="query")
    @blp.response(200, schemas.PaymentPage)
    def get(self, args: dict[str, Any]) -> Response:
        """List payments, newest first."""
        limit, after = args.pop("limit"), read_cursor(args.pop("cursor"), (as_day, as_id))
        rows = queries.list_payments(current_actor(), limit=limit, after=after, **args)
        page = cut_page(rows, limit, lambda row: (row[0].received_on, row[0].id))
        return answer({**page, "items": [schemas.payment_json(*row) for row in page["items"]]})

    @blp.arguments(schemas.PaymentWrite)
    @blp.response(201, schemas.PaymentSchema)
    @blp.alt_response(200, schema=schemas.PaymentSchema, description="Recorded before under this ref")
    @command("payment.record")
    def post(self, values: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Record money received and what it settles; the rest stays as unapplied cash."""
        payment, created = take_payment(current_actor(), Draft.from_body(values))
        return schemas.payment_json(payment, values["client_ref"]), 201 if created else 200


@blp.route("/payments/<uuid:payment_id>")
class PaymentById(MethodView):
    """One payment."""

    @blp.response(200, schemas.PaymentSchema)
    def get(self, payment_id: uuid.UUID) -> Response:
        """Read a payment."""
        payment = queries.get_payment(current_actor(), payment_id)
        return answer(schemas.payment_json(payment, queries.client_ref_of(payment)))


@blp.route("/payments/<uuid:payment_id>/allocations")
class Allocations(MethodView):
    """What a payment settles."""

    @blp.response(200, schemas.AllocationList)
    def get(self, payment_id: uuid.UUID) -> Response:
        """List the allocations of a payment, reversed ones too."""
        payment = queries.get_payment(current_actor(), payment_id)
        return answer(schemas.allocations_json(queries.list_allocations(payment.id)))

    @blp.arguments(schemas.AllocationsWrite)
    @blp.response(201, schemas.AllocationList)
    @command("payment.allocate")
    def post(self, values: dict[str, Any], payment_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Settle invoices with what is left of a payment."""
        actor = current_actor()
        payment = queries.get_payment(actor, payment_id)
        shares = [(row["invoice_ref"], row["amount"]) for row in values["allocations"]]
        allocate_by_ref(actor, payment, shares)
        return schemas.allocations_json(queries.list_allocations(payment.id)), 201


@blp.route("/payments/<uuid:payment_id>/return", methods=["POST"])
@blp.arguments(ReturnWrite)
@blp.response(200, schemas.PaymentSchema)
@command("payment.return")
def return_by_bank(values: dict[str, Any], payment_id: uuid.UUID) -> tuple[dict[str, Any], int]:
    """The bank took the money back: what it settled is open again from that day on."""
    actor = current_actor()
    payment = return_payment(actor, queries.get_payment(actor, payment_id, lock=True), **values)
    return schemas.payment_json(payment, queries.client_ref_of(payment)), 200
