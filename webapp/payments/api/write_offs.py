"""JSON about what is given up: list, ask, decide, take back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView
from flask_babel import lazy_gettext as _l

from webapp.core.api import answer, command, cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_invoice_by_ref
from webapp.payments import queries, services
from webapp.payments.api.shell import blp
from webapp.payments.models import WriteOff
from webapp.payments.schemas import write_offs as schemas
from webapp.payments.services import require_writer
from webapp.users.actor import Actor
from webapp.users.current import current_actor


@blp.route("/write-offs")
class WriteOffs(MethodView):
    """What was given up, or is asked to be."""

    @blp.arguments(schemas.WriteOffListArgs, location="query")
    @blp.response(200, schemas.WriteOffPage)
    def get(self, args: dict[str, Any]) -> Response:
        """List write-offs, latest first."""
        limit, after = args.pop("limit"), read_cursor(args.pop("cursor"), (as_instant, as_id))
        rows = queries.list_write_offs(current_actor(), limit=limit, after=after, **args)
        page = cut_page(rows, limit, lambda row: (row[0].requested_at, row[0].id))
        items = [schemas.write_off_json(row, ref, currency) for row, ref, currency, _name in page["items"]]
        return answer({**page, "items": items})

    @blp.arguments(schemas.WriteOffWrite)
    @blp.response(201, schemas.WriteOffSchema)
    @command("write_off.ask")
    def post(self, values: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Give up a part of an invoice; above the company's cap it waits for a second person."""
        actor = current_actor()
        require_writer(actor)
        invoice = _invoice(actor, values)
        row = services.write_off(
            actor, invoice, amount=values["amount"].amount, reason=values["reason"], note=values.get("note")
        )
        return schemas.write_off_json(row, invoice.ref, invoice.currency), 201


@blp.route("/write-offs/<uuid:write_off_id>")
class WriteOffById(MethodView):
    """One write-off."""

    @blp.response(200, schemas.WriteOffSchema)
    def get(self, write_off_id: uuid.UUID) -> Response:
        """Read a write-off."""
        return answer(_json(queries.get_write_off(current_actor(), write_off_id)))


@blp.route("/write-offs/<uuid:write_off_id>/decisions")
class WriteOffDecisions(MethodView):
    """What a second person says."""

    @blp.arguments(schemas.WriteOffDecision)
    @blp.response(201, schemas.WriteOffSchema)
    @command("write_off.decide")
    def post(self, values: dict[str, Any], write_off_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Approve or refuse what somebody else asked."""
        approve = values["decision"] == "approve"
        row = services.decide_write_off(
            current_actor(), write_off_id, approve=approve, note=values.get("note")
        )
        return _json(row), 201


@blp.route("/write-offs/<uuid:write_off_id>/undo")
class WriteOffUndo(MethodView):
    """The client paid after all."""

    @blp.response(201, schemas.WriteOffSchema)
    @command("write_off.undo")
    def post(self, write_off_id: uuid.UUID) -> tuple[dict[str, Any], int]:
        """Take a loss back: the invoice is open again from today on."""
        return _json(services.undo_write_off(current_actor(), write_off_id)), 201


def _invoice(actor: Actor, values: dict[str, Any]) -> Invoice:
    """The invoice a body names. Raises Invalid on the field at fault."""
    found = find_invoice_by_ref(actor, values["invoice_ref"])
    if found is None:
        raise Invalid(errors={"invoice_ref": _l("Aucune facture n’a cette référence.")})
    if found.currency != values["amount"].currency:
        sentence = _l("La facture %(ref)s est en %(currency)s.", ref=found.ref, currency=found.currency)
        raise Invalid(errors={"amount": sentence})
    return found


def _json(row: WriteOff) -> dict[str, Any]:
    invoice = db.session.get_one(Invoice, row.invoice_id)
    return schemas.write_off_json(row, invoice.ref, invoice.currency)
