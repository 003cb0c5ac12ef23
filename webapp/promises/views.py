"""Pages of promises: the list, one of them, and the form that a message fills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.queries.parts import list_parts
from webapp.core.api import cut_page
from webapp.core.clock import today
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.ids import new_id, parse_id
from webapp.core.money import BadAmount, Money, field_amount, minor_digits
from webapp.core.pages import locale_name, written_amount
from webapp.core.said import amount_said, day_said
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.promises import queries, rules, services
from webapp.promises.policy import may_take
from webapp.promises.services import Draft
from webapp.threads.models import Message
from webapp.threads.queries.quoted import find_in_thread
from webapp.threads.subjects import Subject, get_subject
from webapp.users.current import current_actor
from webapp.users.queries import company

blueprint = Blueprint("promises", __name__)
Shown = str | Response | tuple[str, int]
FIELDS = ("amount", "promised_on", "said_by", "note")
PAGE = 50


@blueprint.get("/promises")
def index() -> str:
    """What was promised: still open, missed, kept; and who gets promises that are kept."""
    actor, only = current_actor(), request.args.get("filter", "open")
    only = only if only in rules.FILTERS else "open"
    after = read_cursor(request.args.get("cursor"), (as_day, as_id))
    lines = queries.list_promises(actor, only, limit=PAGE, after=after)
    page = cut_page(lines, PAGE, lambda line: (line.promise.promised_on, line.promise.id))
    return render_template("promises/index.html", page=page, only=only, reps=queries.kept_by_rep(actor))


@blueprint.get("/promises/<uuid:promise_id>")
def promise(promise_id: UUID) -> str:
    """One promise: what was said, what came."""
    actor = current_actor()
    line = queries.get_promise(actor, promise_id)
    return render_template(
        "promises/promise.html",
        line=line,
        kept=queries.kept_by_client(line.client.id),
        subject=get_subject(actor, line.promise.thread_id),
        may_take=may_take(actor),
    )


@blueprint.get("/threads/<uuid:thread_id>/promises/new")
def new(thread_id: UUID) -> str:
    """The form, filled with what the message says."""
    subject = _subject(thread_id)
    return _form(subject, _guessed(subject, _message(thread_id)), {})


def blank(subject: Subject) -> str:
    """The same form for a subject that stands for any: what devices keep (`portfolio`). Raises Forbidden."""
    _taker()
    return _form(subject, dict.fromkeys(FIELDS, ""), {})


@blueprint.post("/threads/<uuid:thread_id>/promises")
def take(thread_id: UUID) -> Shown:
    """Note it, or show the form again with what is to be corrected."""
    subject = _subject(thread_id)
    try:
        draft = _draft(subject)
        with unit_of_work():
            services.take_promise(current_actor(), draft)
    except Invalid as refusal:
        return _form(_subject(thread_id), request.form, refusal.errors), 422
    flash(_("Promesse notée."))
    return redirect(f"{subject.url}#act-{draft.id}", 303)


@blueprint.get("/promises/<uuid:promise_id>/replace")
def renew(promise_id: UUID) -> str:
    """The form again, filled with what is still missing."""
    old = queries.get_promise(current_actor(), promise_id).promise
    left = old.amount - old.received or old.amount
    values = {
        "amount": field_amount(left, old.currency, locale_name()),
        "promised_on": "",
        "said_by": old.said_by or "",
        "note": "",
    }
    return _form(_subject(old.thread_id), values, {}, replaces=promise_id)


@blueprint.post("/promises/<uuid:promise_id>/replace")
def replace(promise_id: UUID) -> Shown:
    """Note another promise in its place."""
    actor = current_actor()
    thread_id = queries.get_promise(actor, promise_id).promise.thread_id
    subject = _subject(thread_id)
    try:
        draft = _draft(subject)
        with unit_of_work():
            services.replace_promise(actor, promise_id, draft)
    except Invalid as refusal:
        return _form(_subject(thread_id), request.form, refusal.errors, replaces=promise_id), 422
    flash(_("Promesse notée."))
    return redirect(f"{subject.url}#act-{draft.id}", 303)


@blueprint.post("/promises/<uuid:promise_id>/cancel")
def cancel(promise_id: UUID) -> Response:
    """Take it back."""
    try:
        with unit_of_work():
            services.cancel_promise(current_actor(), promise_id)
        flash(_("Promesse retirée."))
    except Conflict as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("promises.promise", promise_id=promise_id), 303)


def _subject(thread_id: UUID) -> Subject:
    """What the promise will be about, for those who note promises. Raises NotFound, Forbidden."""
    subject = get_subject(current_actor(), thread_id)
    _taker()
    return subject


def _taker() -> None:
    if not may_take(current_actor()):
        raise Forbidden(_("Votre rôle ne note pas de promesses."))


def _invoice(subject: Subject) -> Invoice | None:
    return get_invoice(current_actor(), subject.id) if subject.type == "invoice" else None


def _message(thread_id: UUID) -> Message | None:
    """The message the form is made of; None when the address names none of this thread."""
    return find_in_thread(current_actor(), thread_id, parse_id(request.values.get("message")))


def _guessed(subject: Subject, message: Message | None) -> dict[str, str]:
    """Amount and day as the message says them; without an amount, what is left to pay."""
    said = message.body if message is not None else ""
    invoice = _invoice(subject)
    amount, day = amount_said(said), day_said(said, today())
    if invoice is not None:
        amount = min(amount or invoice.open, invoice.open)
    currency = invoice.currency if invoice else "EUR"
    return {
        "amount": field_amount(amount, currency, locale_name()) if amount else "",
        "promised_on": day.isoformat() if day else "",
        "said_by": "",
        "note": "",
    }


def _draft(subject: Subject) -> Draft:
    """What the form says. Raises Invalid beside each field that cannot be read."""
    written = {name: request.form.get(name, "").strip() for name in FIELDS}
    errors: dict[str, object] = {}
    invoice = _invoice(subject)
    currency = invoice.currency if invoice else company().currency
    amount, day = 0, today()
    try:
        amount = written_amount(written["amount"], minor_digits(currency))
    except BadAmount:
        errors["amount"] = _("Indiquez un montant, par exemple 12 000.")
    try:
        day = date.fromisoformat(written["promised_on"])
    except ValueError:
        errors["promised_on"] = _("Indiquez le jour promis.")
    for name, longest in (("said_by", rules.LONGEST_NAME), ("note", rules.LONGEST_NOTE)):
        written[name] = written[name][:longest]
    if errors:
        raise Invalid(errors=errors)
    message, act = _message(subject.id), parse_id(request.form.get("act"))
    return Draft(
        thread_id=subject.id,
        amount=Money(amount, currency),
        promised_on=day,
        said_by=written["said_by"] or None,
        note=written["note"] or None,
        message_id=message.id if message else None,
        id=act or new_id(),
    )


def _form(
    subject: Subject,
    values: Mapping[str, str],
    errors: Mapping[str, object],
    replaces: UUID | None = None,
) -> str:
    return render_template(
        "promises/form.html",
        subject=subject,
        invoice=_invoice(subject),
        message=_message(subject.id),
        contacts=list_parts(subject.client_id, "contacts"),
        values=values,
        errors={name: [message] for name, message in errors.items()},
        act=parse_id(request.form.get("act")) or new_id(),
        replaces=replaces,
    )
