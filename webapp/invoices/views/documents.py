"""The list of invoices. An invoice's own page is its thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l

from webapp.clients.queries import find_client
from webapp.core.api import cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.ids import parse_id
from webapp.invoices.labels import aging_labels
from webapp.invoices.models import Invoice
from webapp.invoices.queries import list_invoices
from webapp.invoices.rules import BOUNDS
from webapp.invoices.views.shell import blueprint
from webapp.users.actor import Actor
from webapp.users.current import current_actor

PAGE = 50
FILTERS = {
    "overdue": _l("Échues"),
    "open": _l("À échoir"),
    "partly_paid": _l("Réglées en partie"),
    "paid": _l("Réglées"),
    "all": _l("Toutes"),
}


@blueprint.get("/invoices")
def index() -> str:
    """Invoices of the reader's scope, what is overdue first; a cursor gives the next page."""
    actor, state = current_actor(), _state()
    page = cut_page(_rows(actor, state), PAGE, lambda row: (row.due_on, row.id))
    alone = "cursor" in request.args and request.headers.get("Turbo-Frame")
    return render_template(
        "invoices/_more.html" if alone else "invoices/index.html",
        page=page,
        state=state,
        filters=FILTERS,
        client=find_client(actor, state["client_id"]) if state["client_id"] else None,
        here=_here,
    )


def _rows(actor: Actor, state: dict[str, Any]) -> list[Invoice]:
    return list_invoices(
        actor,
        limit=PAGE,
        status=None if state["status"] == "all" else state["status"],
        q=state["q"],
        client_id=state["client_id"],
        newest=state["status"] in ("paid", "all"),
        after=read_cursor(request.args.get("cursor"), (as_day, as_id)),
    )


def _state() -> dict[str, Any]:
    wanted = request.args.get("status", "overdue")
    return {
        "status": wanted if wanted in (*FILTERS, "unpaid") else "all",
        "q": request.args.get("q", "")[:200],
        "client_id": parse_id(request.args.get("client_id")),
    }


def _here(**changes: object) -> str:
    """This list in another state; what is at rest is left out of the URL."""
    state = {**_state(), **changes}
    kept = {key: value for key, value in state.items() if value not in (None, "")}
    return url_for("invoices.index", **kept)


@blueprint.app_template_global("aging_keys")
def aging_keys(buckets: Sequence[int], bounds: Sequence[int] = BOUNDS) -> list[tuple[str, int]]:
    """The six sums with their labels, in order."""
    return list(zip(aging_labels(bounds), buckets, strict=True))
