"""JSON of requests for a credit note: ask, answer, read."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l

from webapp.core.api import act_id, answer, blueprint, command, cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.errors import NotFound
from webapp.core.replays import replayed
from webapp.credit_requests import queries, services
from webapp.credit_requests.schemas import (
    CreditAnswerIn,
    CreditRequestArgs,
    CreditRequestIn,
    CreditRequestOut,
    CreditRequestPage,
    request_json,
)
from webapp.credit_requests.services import Draft
from webapp.invoices.queries import find_invoice_by_ref
from webapp.users.current import current_actor

blp = blueprint("credit_requests", __name__, "Credit notes asked of finance.")


@blp.get("/credit-requests")
@blp.arguments(CreditRequestArgs, location="query")
@blp.response(200, CreditRequestPage)
def list_requests(args: dict[str, Any]) -> Response:
    """Requests about the clients one sees, latest first."""
    after = read_cursor(args.pop("cursor"), (as_instant, as_id))
    lines = queries.list_requests(current_actor(), after=after, **args)
    page = cut_page(lines, args["limit"], lambda line: (line.request.asked_at.isoformat(), line.request.id))
    return answer({**page, "items": [request_json(line) for line in page["items"]]})


@blp.post("/credit-requests")
@blp.arguments(CreditRequestIn)
@blp.response(201, CreditRequestOut)
@command("credit_request.ask")
def ask_credit(values: dict[str, Any]) -> tuple[Any, int]:
    """Ask finance for a credit note on an invoice."""
    return _ask(act_id(), values), 201


@replayed("credit_request.ask", CreditRequestIn, path="/credit-requests")
def _ask(request_id: uuid.UUID, values: dict[str, Any]) -> Any:
    actor = current_actor()
    invoice = find_invoice_by_ref(actor, values.pop("invoice_ref"))
    if invoice is None:
        raise NotFound(_l("Aucune facture n’a cette référence."))
    return _shown(services.ask_credit(actor, Draft(invoice.id, id=request_id, **values)).id)


@blp.get("/credit-requests/<uuid:request_id>")
@blp.response(200, CreditRequestOut)
def get_request(request_id: uuid.UUID) -> Response:
    """One request."""
    return answer(_shown(request_id))


@blp.post("/credit-requests/<uuid:request_id>/answers")
@blp.arguments(CreditAnswerIn)
@blp.response(201, CreditRequestOut)
@command("credit_request.answer")
def answer_request(values: dict[str, Any], request_id: uuid.UUID) -> tuple[Any, int]:
    """Grant it with a credit note, or decline it; once."""
    actor = current_actor()
    if values["decision"] == "grant":
        services.grant(actor, request_id, credit_ref=values["credit_ref"], amount=values["amount"])
    else:
        services.decline(actor, request_id, values["reason"] or "")
    return _shown(request_id), 201


def _shown(request_id: uuid.UUID) -> dict[str, Any]:
    return request_json(queries.get_request(current_actor(), request_id))
