"""Opening a dispute from the invoice's conversation, alone or from one of its messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id, parse_id
from webapp.core.pages import listed
from webapp.disputes import queries, services
from webapp.disputes.policy import may_open
from webapp.disputes.views.shell import blueprint, read_amount
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.invoices.rules import SIGN
from webapp.threads.queries import get_visible_message
from webapp.users.actor import Actor
from webapp.users.current import current_actor

Shown = str | Response | tuple[str, int]
NAMES = ("reason", "part", "amount", "text", "message_id", "dispute_id")


@blueprint.get("/invoices/<uuid:invoice_id>/dispute")
def ask(invoice_id: UUID) -> Shown:
    """The form; from a message, its words are there already."""
    actor = current_actor()
    invoice = _invoice(actor, invoice_id)
    message = _message(actor, invoice_id, request.args.get("message"))
    values = {"part": "whole", "dispute_id": str(new_id())}
    if message is not None:
        values |= {"text": message.body, "message_id": str(message.id)}
    return _form(invoice, values, {})


@blueprint.post("/invoices/<uuid:invoice_id>/dispute")
def save(invoice_id: UUID) -> Shown:
    """Open it; the form's own id makes a second press harmless."""
    actor = current_actor()
    written = {name: request.form.get(name, "").strip() for name in NAMES}
    try:
        invoice = _invoice(actor, invoice_id)
        with unit_of_work():
            services.open_dispute(actor, invoice_id, **_read(invoice, written))
    except (Invalid, Conflict) as refusal:
        errors = refusal.errors or {"amount": refusal.message}
        return _form(_invoice(actor, invoice_id), written, errors), 422
    return redirect(url_for("threads.invoice", invoice_id=invoice_id), 303)


def _invoice(actor: Actor, invoice_id: UUID) -> Invoice:
    """The invoice in scope, for roles that open disputes. Raises NotFound, Forbidden."""
    invoice = get_invoice(actor, invoice_id)
    if not may_open(actor):
        raise Forbidden(_("Votre rôle n’ouvre pas de litige."))
    if SIGN[invoice.kind] < 0 or invoice.voided_at is not None:
        raise NotFound(_("Cette pièce ne se conteste pas."))
    return invoice


def _message(actor: Actor, invoice_id: UUID, text: str | None) -> Any:
    """The message it is made from, of this very thread. Raises NotFound."""
    message_id = parse_id(text)
    if message_id is None:
        return None
    message = get_visible_message(actor, message_id)
    if message.thread_id != invoice_id:
        raise NotFound(_("Ce message n’est pas dans le fil de cette facture."))
    return message


def _read(invoice: Invoice, written: Mapping[str, str]) -> dict[str, Any]:
    """What the service takes. Raises Invalid beside the field at fault."""
    amount = None
    if written["part"] == "amount":
        amount = read_amount(written["amount"], invoice.currency)
        if amount is None:
            raise Invalid(errors={"amount": _("Indiquez le montant contesté.")})
    return {
        "reason": written["reason"],
        "amount": amount,
        "text": written["text"],
        "message_id": parse_id(written["message_id"]),
        "dispute_id": parse_id(written["dispute_id"]),
    }


def _form(invoice: Invoice, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    contested = queries.disputed_amounts([invoice.id]).get(invoice.id, 0)
    return render_template(
        "disputes/open.html",
        invoice=invoice,
        rest=max(invoice.open - contested, 0),
        contested=contested,
        reasons=queries.list_reasons(used=True),
        values=values,
        errors=listed(errors),
    )
