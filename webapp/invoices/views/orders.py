"""Quotes, orders and deliveries: the list, and what became of each, in amount and in time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l

from webapp.clients.queries import find_client
from webapp.core.api import cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.ids import parse_id
from webapp.invoices import queries
from webapp.invoices.models import DeliveryNote, Order
from webapp.invoices.views.shell import blueprint
from webapp.users.actor import Actor
from webapp.users.current import current_actor

PAGE = 50
DELIVERED = "delivered"
FILTERS: dict[str, tuple[object, dict[str, Any]]] = {
    "orders": (_l("Commandes en cours"), {"kind": "order", "state": "open"}),
    DELIVERED: (_l("Livré, à facturer"), {}),
    "quotes": (_l("Devis en attente"), {"kind": "quote", "state": "open"}),
    "won": (_l("Devis acceptés"), {"kind": "quote", "state": "won"}),
    "lost": (_l("Devis perdus"), {"kind": "quote", "state": "lost"}),
    "closed": (_l("Commandes soldées"), {"kind": "order", "state": "closed"}),
    "all": (_l("Tout"), {}),
}


@blueprint.get("/orders")
def orders() -> str:
    """Quotes, orders, or deliveries that wait for their invoice, of the reader's scope, newest first."""
    actor, state = current_actor(), _state()
    page = cut_page(_rows(actor, state), PAGE, lambda row: (_day(row[0]), row[0].id))
    alone = "cursor" in request.args and request.headers.get("Turbo-Frame")
    return render_template(
        "orders/_more.html" if alone else "orders/index.html",
        page=page,
        state=state,
        filters={name: label for name, (label, _how) in FILTERS.items()},
        client=find_client(actor, state["client_id"]) if state["client_id"] else None,
        here=_here,
    )


def _rows(actor: Actor, state: dict[str, Any]) -> Sequence[Any]:
    place: Any = {
        "limit": PAGE,
        "client_id": state["client_id"],
        "after": read_cursor(request.args.get("cursor"), (as_day, as_id)),
    }
    if state["filter"] == DELIVERED:
        return queries.list_notes(actor, unbilled=True, **place)
    return queries.list_orders(actor, **place, **FILTERS[state["filter"]][1])


def _day(row: Order | DeliveryNote) -> date:
    return row.delivered_on if isinstance(row, DeliveryNote) else row.issued_on


@blueprint.get("/orders/<uuid:order_id>")
def order(order_id: uuid.UUID) -> str:
    """One quote or order: from the offer to the money."""
    found, client, quote_ref = queries.get_order(current_actor(), order_id)
    return render_template(
        "orders/order.html",
        order=found,
        client=client,
        quote_ref=quote_ref,
        chain=queries.chain_of(found.id),
    )


def _state() -> dict[str, Any]:
    wanted = request.args.get("filter", "orders")
    return {
        "filter": wanted if wanted in FILTERS else "all",
        "client_id": parse_id(request.args.get("client_id")),
    }


def _here(**changes: object) -> str:
    """This list in another state."""
    kept = {key: value for key, value in {**_state(), **changes}.items() if value is not None}
    return url_for("invoices.orders", **kept)
