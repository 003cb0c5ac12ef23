"""Pages about payments: the list, and one of them with what it settled and may settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from webapp.clients.queries import find_client
from webapp.core.api import cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import parse_id
from webapp.core.money import BadAmount, parse_amount
from webapp.core.pages import locale_name
from webapp.payments import queries, services
from webapp.payments.rules import RETURN_REASONS
from webapp.payments.views.shell import blueprint
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

PAGE = 50
FILTERS = {
    "to_match": _l("À lettrer"),
    "matched": _l("Lettrés"),
    "returned": _l("Rejetés"),
    "all": _l("Tous"),
}


@blueprint.get("/payments")
def index() -> str:
    """Payments of the reader's scope, newest first; a cursor gives the next page."""
    actor, state = current_actor(), _state()
    rows = _rows(actor, state)
    alone = "cursor" in request.args and request.headers.get("Turbo-Frame")
    return render_template(
        "payments/_more.html" if alone else "payments/index.html",
        page=cut_page(rows, PAGE, lambda row: (row[0].received_on, row[0].id)),
        state=state,
        filters=FILTERS,
        client=find_client(actor, state["client_id"]) if state["client_id"] else None,
        here=_here,
    )


def _rows(actor: Actor, state: dict[str, Any]) -> Sequence[Any]:
    after = read_cursor(request.args.get("cursor"), (as_day, as_id))
    return queries.search_payments(actor, limit=PAGE, after=after, amount=_amount(state["q"]), **state)


def _state() -> dict[str, Any]:
    wanted = request.args.get("state", "all")
    return {
        "state": wanted if wanted in FILTERS else "all",
        "q": request.args.get("q", "")[:200],
        "since": _day(request.args.get("since")),
        "until": _day(request.args.get("until")),
        "client_id": parse_id(request.args.get("client_id")),
    }


def _here(**changes: object) -> str:
    """This list in another state; what is at rest is left out of the URL."""
    state = {**_state(), **changes}
    kept = {key: value for key, value in state.items() if value not in (None, "", "all")}
    return url_for("payments.index", **kept)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _amount(text: str) -> int | None:
    """The amount somebody typed into the search, if it is one."""
    try:
        return parse_amount(text, "." if locale_name() == "en" else ",")
    except BadAmount:
        return None


@blueprint.get("/payments/<uuid:payment_id>")
def show(payment_id: UUID) -> str:
    """One payment: what it settled, what it may settle, matching by hand, the bank taking it back."""
    return page(payment_id)


def page(
    payment_id: UUID, written: Mapping[str, str] | None = None, errors: Mapping[str, object] | None = None
) -> str:
    """The page of a payment; `written` and `errors` are of a form that was refused."""
    actor = current_actor()
    payment, client = queries.payment_with_client(actor, payment_id)
    writes = may(actor, "payment.write")
    by_hand = writes and payment.unapplied > 0 and (written is not None or "hand" in request.args)
    key = request.args.get("from")
    found = queries.proposals_for([payment]).get(payment.id, []) if writes and (key or not by_hand) else []
    chosen = next((each for each in found if each.key == key), None)
    matchings, loose = queries.history_of(actor, payment.id)
    return render_template(
        "payments/show.html",
        payment=payment,
        client=client,
        proposals=found,
        matchings=matchings,
        loose=loose,
        documents=queries.list_open_documents(payment) if by_hand else [],
        chosen=_prefilled(chosen) if chosen else {},
        written=written or {},
        errors={name: _sentences(said) for name, said in (errors or {}).items()},
        by_hand=by_hand,
        writes=writes,
    )


def _sentences(said: object) -> list[str]:
    return [str(each) for each in said] if isinstance(said, list) else [str(said)]


def _prefilled(proposal: Any) -> dict[UUID, int]:
    """How much of each document a proposal uses, credit notes too."""
    amounts: dict[UUID, int] = {}
    for share in proposal.shares:
        for document in (share.invoice_id, share.source_id) if share.of_credit else (share.invoice_id,):
            amounts[document] = amounts.get(document, 0) + share.amount
    return amounts


@blueprint.post("/payments/<uuid:payment_id>/return")
def return_by_bank(payment_id: UUID) -> Response | tuple[str, int]:
    """The bank took it back."""
    actor = current_actor()
    try:
        day = _day(request.form.get("returned_on"))
        reason = request.form.get("reason", "")
        if day is None or reason not in RETURN_REASONS:
            raise Invalid(errors={"returned_on": _("Indiquez le jour et le motif du rejet.")})
        with unit_of_work():
            payment = queries.get_payment(actor, payment_id, lock=True)
            services.return_payment(actor, payment, returned_on=day, reason=reason)
    except Invalid as refusal:
        return page(payment_id, errors=refusal.errors), 422
    flash(_("Rejet enregistré. Ce qu’il réglait est de nouveau ouvert."))
    return redirect(url_for("payments.show", payment_id=payment_id), 303)
