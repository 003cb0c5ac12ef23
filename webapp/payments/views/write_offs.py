"""Giving up a part of an invoice on screen: ask, decide, take back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from webapp.core.api import cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.money import BadAmount, field_amount, minor_digits, parse_amount
from webapp.core.pages import locale_name
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.payments import queries, services
from webapp.payments.models import WriteOff
from webapp.payments.views.shell import attempt, blueprint
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.queries import names_of

PAGE = 50
FILTERS = {
    "asked": _l("À décider"),
    "approved": _l("Passés en perte"),
    "refused": _l("Refusés"),
    "undone": _l("Repris"),
    "all": _l("Tous"),
}
REASONS = {
    "difference": _l("Écart de règlement"),
    "discount": _l("Escompte ou remise"),
    "bank_fees": _l("Frais bancaires"),
    "goodwill": _l("Geste commercial"),
    "uncollectible": _l("Irrécouvrable"),
    "insolvency": _l("Procédure collective"),
    "other": _l("Autre"),
}
Shown = str | Response | tuple[str, int]


@blueprint.get("/write-offs")
def write_offs() -> str:
    """What was given up or is asked to be, latest first."""
    wanted = request.args.get("state", "asked")
    state = wanted if wanted in FILTERS else "all"
    after = read_cursor(request.args.get("cursor"), (as_instant, as_id))
    chosen = None if state == "all" else state
    rows = queries.list_write_offs(current_actor(), limit=PAGE, state=chosen, after=after)
    page = cut_page(rows, PAGE, lambda row: (row[0].requested_at, row[0].id))
    return render_template("write_offs/index.html", page=page, state=state, filters=FILTERS, reasons=REASONS)


@blueprint.get("/write-offs/<uuid:write_off_id>")
def write_off(write_off_id: UUID) -> str:
    """One of them, with what the reader may do."""
    return _page(queries.get_write_off(current_actor(), write_off_id), {})


@blueprint.post("/write-offs/<uuid:write_off_id>/decision")
def decide_write_off(write_off_id: UUID) -> Shown:
    """Approve or refuse what somebody else asked."""
    actor, approve = current_actor(), request.form.get("decision") == "approve"
    note = request.form.get("note", "").strip()[:1000] or None
    try:
        attempt(lambda: services.decide_write_off(actor, write_off_id, approve=approve, note=note))
    except Invalid as refusal:
        return _page(queries.get_write_off(actor, write_off_id), refusal.errors), 422
    return redirect(url_for("payments.write_off", write_off_id=write_off_id), 303)


@blueprint.post("/write-offs/<uuid:write_off_id>/undo")
def undo_write_off(write_off_id: UUID) -> Response:
    """Take a loss back: the invoice is open again."""
    actor = current_actor()
    if attempt(lambda: services.undo_write_off(actor, write_off_id)):
        flash(_("La perte est reprise : la facture est de nouveau ouverte."))
    return redirect(url_for("payments.write_off", write_off_id=write_off_id), 303)


@blueprint.get("/invoices/<uuid:invoice_id>/write-off")
def ask_write_off(invoice_id: UUID) -> Shown:
    """The form for an invoice, filled with what is left to pay; or the demand that waits already."""
    invoice = _invoice(invoice_id)
    waiting = queries.find_open_write_off(invoice.id)
    if waiting is not None:
        return redirect(url_for("payments.write_off", write_off_id=waiting.id), 303)
    return _form(
        invoice,
        {
            "amount": field_amount(invoice.open, invoice.currency, locale_name()),
            "reason": "difference",
            "note": "",
        },
        {},
    )


@blueprint.post("/invoices/<uuid:invoice_id>/write-off")
def save_write_off(invoice_id: UUID) -> Shown:
    """Give it up, or ask for it when it is above the cap."""
    written = {name: request.form.get(name, "").strip() for name in ("amount", "reason", "note")}
    try:
        with unit_of_work():
            invoice = _invoice(invoice_id)
            row = services.write_off(current_actor(), invoice, **_read(invoice, written))
            done, waiting = row.id, row.state == "asked"
    except (Invalid, Conflict) as refusal:
        errors = refusal.errors or {"amount": refusal.message}
        return _form(_invoice(invoice_id), written, errors), 422
    flash(_("Demande envoyée à qui peut l’accorder.") if waiting else _("Passé en perte."))
    return redirect(url_for("payments.write_off", write_off_id=done), 303)


def _invoice(invoice_id: UUID) -> Invoice:
    """The invoice in scope, for roles that write payments. Raises NotFound, Forbidden."""
    invoice = get_invoice(current_actor(), invoice_id)
    if not may(current_actor(), "payment.write"):
        raise Forbidden(_("Votre rôle ne passe rien en perte."))
    if invoice.open == 0 or invoice.voided_at is not None:
        raise NotFound(_("Il n’y a rien à passer en perte sur cette facture."))
    return invoice


def _read(invoice: Invoice, written: Mapping[str, str]) -> dict[str, Any]:
    """What the service takes. Raises Invalid beside the amount."""
    mark, digits = "." if locale_name() == "en" else ",", minor_digits(invoice.currency)
    try:
        amount = parse_amount(written["amount"], mark, digits)
    except BadAmount:
        raise Invalid(errors={"amount": _("Indiquez un montant, par exemple 12,50.")}) from None
    return {"amount": amount, "reason": written["reason"], "note": written["note"][:1000] or None}


def _form(invoice: Invoice, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template(
        "write_offs/ask.html",
        invoice=invoice,
        values=values,
        errors={name: [message] for name, message in errors.items()},
        reasons=REASONS,
        cap=queries.write_off_cap(),
    )


def _page(row: WriteOff, errors: Mapping[str, object]) -> str:
    actor, invoice = current_actor(), db.session.get_one(Invoice, row.invoice_id)
    people = names_of({each for each in (row.requested_by, row.decided_by) if each})
    return render_template(
        "write_offs/write_off.html",
        row=row,
        invoice=get_invoice(actor, invoice.id),
        reason=REASONS[row.reason],
        people=people,
        may_decide=may(actor, "write_off.decide"),
        mine=row.requested_by == actor.user_id,
        may_undo=may(actor, "payment.write"),
        errors={name: [message] for name, message in errors.items()},
    )
