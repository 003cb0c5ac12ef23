"""Pages of requests for a credit note: what waits, one of them, and the form that a message fills."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.api import cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.ids import new_id, parse_id
from webapp.core.money import BadAmount, Money, field_amount, minor_digits, parse_amount
from webapp.core.pages import locale_name
from webapp.core.said import amount_said
from webapp.credit_requests import queries, rules, services
from webapp.credit_requests.policy import may_answer, may_ask
from webapp.credit_requests.services import Draft
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.threads.models import Message
from webapp.threads.queries.quoted import find_in_thread
from webapp.users.current import current_actor

blueprint = Blueprint("credit_requests", __name__)
Shown = str | Response | tuple[str, int]
PAGE = 50


@blueprint.get("/credit-requests")
def index() -> str:
    """What waits for finance, or was answered."""
    state = request.args.get("state", rules.ASKED)
    state = state if state in rules.STATES else rules.ASKED
    after = read_cursor(request.args.get("cursor"), (as_instant, as_id))
    lines = queries.list_requests(current_actor(), state=state, limit=PAGE, after=after)
    page = cut_page(lines, PAGE, lambda line: (line.request.asked_at.isoformat(), line.request.id))
    return render_template("credit_requests/index.html", page=page, state=state)


@blueprint.get("/credit-requests/<uuid:request_id>")
def show(request_id: UUID) -> str:
    """One request, and the answer those who answer may give."""
    return _page(request_id, {}, {})


@blueprint.get("/invoices/<uuid:invoice_id>/credit-requests/new")
def new(invoice_id: UUID) -> str:
    """The form, filled with what the message says."""
    invoice, message = _invoice(invoice_id), _message(invoice_id)
    amount = amount_said(message.body) if message else None
    values = {
        "amount": field_amount(min(amount, invoice.gross), invoice.currency, locale_name()) if amount else "",
        "reason": message.body[: rules.LONGEST_REASON] if message else "",
    }
    return _form(invoice, values, {})


@blueprint.post("/invoices/<uuid:invoice_id>/credit-requests")
def ask(invoice_id: UUID) -> Shown:
    """Ask for it, or show the form again with what is to be corrected."""
    invoice, message = _invoice(invoice_id), _message(invoice_id)
    act = parse_id(request.form.get("act")) or new_id()
    reason = request.form.get("reason", "")
    try:
        draft = Draft(invoice_id, _money(invoice), reason, message.id if message else None, act)
        with unit_of_work():
            services.ask_credit(current_actor(), draft)
    except Invalid as refusal:
        return _form(_invoice(invoice_id), request.form, refusal.errors), 422
    flash(_("Demande d’avoir envoyée."))
    return redirect(f"/invoices/{invoice_id}#act-{act}", 303)


@blueprint.post("/credit-requests/<uuid:request_id>/grant")
def grant(request_id: UUID) -> Shown:
    """Give a credit note for it."""
    actor, ref = current_actor(), request.form.get("credit_ref", "").strip()[: rules.LONGEST_REF]
    invoice = queries.get_request(actor, request_id).invoice
    try:
        money = _money(invoice)
        if not ref:
            raise Invalid(errors={"credit_ref": _("Indiquez le numéro de l’avoir.")})
        with unit_of_work():
            services.grant(actor, request_id, credit_ref=ref, amount=money)
    except Invalid as refusal:
        return _page(request_id, request.form, refusal.errors), 422
    except Conflict as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("credit_requests.show", request_id=request_id), 303)


@blueprint.post("/credit-requests/<uuid:request_id>/decline")
def decline(request_id: UUID) -> Shown:
    """Say no, and why."""
    try:
        with unit_of_work():
            services.decline(current_actor(), request_id, request.form.get("answer", ""))
    except Invalid as refusal:
        return _page(request_id, request.form, refusal.errors), 422
    except Conflict as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("credit_requests.show", request_id=request_id), 303)


def _invoice(invoice_id: UUID) -> Invoice:
    """The invoice in scope, for those who ask for credit notes. Raises NotFound, Forbidden."""
    invoice = get_invoice(current_actor(), invoice_id)
    if not may_ask(current_actor()):
        raise Forbidden(_("Votre rôle ne demande pas d’avoirs."))
    return invoice


def _message(invoice_id: UUID) -> Message | None:
    return find_in_thread(current_actor(), invoice_id, parse_id(request.values.get("message")))


def _money(invoice: Invoice) -> Money:
    """The amount of the form. Raises Invalid beside it."""
    mark, digits = "." if locale_name() == "en" else ",", minor_digits(invoice.currency)
    try:
        return Money(parse_amount(request.form.get("amount", ""), mark, digits), invoice.currency)
    except BadAmount:
        raise Invalid(errors={"amount": _("Indiquez un montant, par exemple 1 200.")}) from None


def _form(invoice: Invoice, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template(
        "credit_requests/form.html",
        invoice=invoice,
        message=_message(invoice.id),
        values=values,
        errors={name: [message] for name, message in errors.items()},
        act=parse_id(request.form.get("act")) or new_id(),
    )


def _page(request_id: UUID, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    actor = current_actor()
    line = queries.get_request(actor, request_id)
    return render_template(
        "credit_requests/request.html",
        line=line,
        values=values or {"amount": field_amount(line.request.amount, line.invoice.currency, locale_name())},
        errors={name: [message] for name, message in errors.items()},
        may_answer=may_answer(actor),
    )
