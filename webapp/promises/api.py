"""JSON of promises: take, replace, withdraw, read."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client_by_ref
from webapp.core.api import answer, blueprint, command, cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.errors import NotFound
from webapp.invoices.queries import find_invoice_by_ref
from webapp.promises import queries, services
from webapp.promises.schemas import PromiseArgs, PromiseIn, PromiseOut, PromisePage, PromiseSaid, promise_json
from webapp.promises.services import Draft
from webapp.users.actor import Actor
from webapp.users.current import current_actor

blp = blueprint("promises", __name__, "Promises to pay, and whether they were kept.")


@blp.get("/promises")
@blp.arguments(PromiseArgs, location="query")
@blp.response(200, PromisePage)
def list_promises(args: dict[str, Any]) -> Response:
    """Promises of the clients one sees, the latest day first."""
    actor = current_actor()
    client_ref, invoice_ref = args["client_ref"], args["invoice_ref"]
    lines = queries.list_promises(
        actor,
        args["state"],
        limit=args["limit"],
        client_id=get_client_by_ref(actor, client_ref).id if client_ref else None,
        invoice_id=_invoice_id(actor, invoice_ref) if invoice_ref else None,
        after=read_cursor(args["cursor"], (as_day, as_id)),
    )
    page = cut_page(lines, args["limit"], lambda line: (line.promise.promised_on, line.promise.id))
    return answer({**page, "items": [promise_json(line) for line in page["items"]]})


@blp.post("/promises")
@blp.arguments(PromiseIn)
@blp.response(201, PromiseOut)
@command("promise.take")
def take_promise(values: dict[str, Any]) -> tuple[Any, int]:
    """Note what a client says it will pay, on an invoice or at large."""
    actor, client_ref, invoice_ref = current_actor(), values.pop("client_ref"), values.pop("invoice_ref")
    thread_id = get_client_by_ref(actor, client_ref).id if client_ref else _invoice_id(actor, invoice_ref)
    promise = services.take_promise(actor, Draft(thread_id, **values))
    return promise_json(queries.get_promise(actor, promise.id)), 201


@blp.get("/promises/<uuid:promise_id>")
@blp.response(200, PromiseOut)
def get_promise(promise_id: uuid.UUID) -> Response:
    """One promise."""
    return answer(promise_json(queries.get_promise(current_actor(), promise_id)))


@blp.post("/promises/<uuid:promise_id>/replacement")
@blp.arguments(PromiseSaid)
@blp.response(201, PromiseOut)
@command("promise.replace")
def replace_promise(values: dict[str, Any], promise_id: uuid.UUID) -> tuple[Any, int]:
    """Note another promise in its place; what was missed stays missed."""
    actor = current_actor()
    thread_id = queries.get_promise(actor, promise_id).promise.thread_id
    fresh = services.replace_promise(actor, promise_id, Draft(thread_id, **values))
    return promise_json(queries.get_promise(actor, fresh.id)), 201


@blp.post("/promises/<uuid:promise_id>/cancellation")
@blp.response(200, PromiseOut)
@command("promise.cancel")
def cancel_promise(promise_id: uuid.UUID) -> tuple[Any, int]:
    """Take back a promise whose day has not come."""
    services.cancel_promise(current_actor(), promise_id)
    return promise_json(queries.get_promise(current_actor(), promise_id)), 200


def _invoice_id(actor: Actor, ref: str) -> uuid.UUID:
    found = find_invoice_by_ref(actor, ref)
    if found is None:
        raise NotFound(_l("Aucune facture n’a cette référence."))
    return found.id
