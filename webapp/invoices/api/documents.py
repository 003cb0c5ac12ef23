"""JSON about invoices: list, upsert by reference, one invoice."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.core.api import answer, cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import NotFound
from webapp.invoices import queries, schemas
from webapp.invoices.api.shell import blp, client_named
from webapp.invoices.services import invoice_input, notes_named, require_writer, upsert_invoice
from webapp.users.current import current_actor


@blp.route("/invoices")
class Invoices(MethodView):
    """The invoices of the caller's scope."""

    @blp.arguments(schemas.InvoiceListArgs, location="query")
    @blp.response(200, schemas.InvoicePage)
    def get(self, args: dict[str, Any]) -> Response:
        """List invoices by due date. `q` looks at the start of references and in client names."""
        limit, after = args.pop("limit"), read_cursor(args.pop("cursor"), (as_day, as_id))
        rows = queries.list_invoices(current_actor(), limit=limit, after=after, **args)
        page = cut_page(rows, limit, lambda invoice: (invoice.due_on, invoice.id))
        return answer({**page, "items": [schemas.invoice_json(row) for row in page["items"]]})


@blp.route("/invoices/by-ref/<path:ref>")
class InvoiceByRef(MethodView):
    """One invoice by the reference of the caller's own system."""

    @blp.response(200, schemas.InvoiceSchema)
    def get(self, ref: str) -> Response:
        """Read an invoice by its reference."""
        found = queries.find_invoice_by_ref(current_actor(), ref)
        if found is None:
            raise NotFound(queries.MISSING)
        return answer(schemas.invoice_json(found))

    @blp.arguments(schemas.InvoiceWrite)
    @blp.response(200, schemas.InvoiceSchema)
    @blp.alt_response(201, schema=schemas.InvoiceSchema, description="Created")
    def put(self, values: dict[str, Any], ref: str) -> Response:
        """Record or correct an invoice; what is settled of it stays settled."""
        actor = current_actor()
        require_writer(actor)
        with unit_of_work():
            client = client_named(actor, values["client_ref"])
            notes = notes_named(actor, values.get("delivery_refs"))
            row = invoice_input(actor, ref, client, values)
            invoice_id, outcome = upsert_invoice(actor, row, notes=notes)
        body = schemas.invoice_json(queries.get_invoice(actor, invoice_id))
        return answer(body, 201 if outcome == "created" else 200)


@blp.route("/invoices/<uuid:invoice_id>")
class InvoiceById(MethodView):
    """One invoice."""

    @blp.response(200, schemas.InvoiceSchema)
    def get(self, invoice_id: uuid.UUID) -> Response:
        """Read an invoice."""
        return answer(schemas.invoice_json(queries.get_invoice(current_actor(), invoice_id)))
