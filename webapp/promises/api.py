"""JSON of promises: take, replace, withdraw, read."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client_by_ref
from webapp.core.api import act_id, answer, blueprint, command, cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.errors import NotFound
from webapp.core.replays import Standing, replayed
from webapp.invoices.queries import find_invoice, find_invoice_by_ref
from webapp.invoices.standing import invoice_standing
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
    return _take(act_id(), values), 201


def _standing(values: dict[str, Any]) -> Standing | None:
    """How the invoice it was promised on stands now."""
    actor = current_actor()
    invoice = find_invoice(actor, _thread_id(actor, values))
    return invoice_standing(invoice, actor.locale) if invoice is not None else None


@replayed(
    "promise.take", PromiseIn, path="/promises", stands=_standing, stale=("nothing_left", "more_than_left")
)
def _take(promise_id: uuid.UUID, values: dict[str, Any]) -> Any:
    actor = current_actor()
    said = {name: values[name] for name in ("amount", "promised_on", "said_by", "note", "message_id")}
    promise = services.take_promise(actor, Draft(_thread_id(actor, values), id=promise_id, **said))
    return promise_json(queries.get_promise(actor, promise.id))


def _thread_id(actor: Actor, values: dict[str, Any]) -> uuid.UUID:
    """Where it was said: the thread's own id, or that of the invoice or client of a reference."""
    if values["thread_id"]:
        found: uuid.UUID = values["thread_id"]
        return found
    if values["client_ref"]:
        return get_client_by_ref(actor, values["client_ref"]).id
    return _invoice_id(actor, values["invoice_ref"])


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
