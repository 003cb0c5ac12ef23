"""Asking finance for a credit note."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import Money, format_money
from webapp.core.plain_text import text_fault
from webapp.credit_requests import rules
from webapp.credit_requests.events import CreditAsked
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.policy import may_ask
from webapp.credit_requests.texts import words_of
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.invoices.rules import SIGN
from webapp.threads.queries.quoted import check_in_thread
from webapp.threads.services import post_act
from webapp.users import audit
from webapp.users.actor import Actor


@dataclass(frozen=True)
class Draft:
    """A request as it is made. `id` is the act's one UUID."""

    invoice_id: uuid.UUID
    amount: Money
    reason: str
    message_id: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=new_id)


def ask_credit(actor: Actor, draft: Draft) -> CreditRequest:
    """Ask for a credit note on an invoice, and show it as a card in its thread; the same id again is the
    same request.

    Raises NotFound (invoice or message out of scope), Forbidden, Invalid by field.
    Events: CreditAsked, MessagesPosted.
    """
    invoice = get_invoice(actor, draft.invoice_id)
    if not may_ask(actor):
        raise Forbidden(_l("Votre rôle ne demande pas d’avoirs."))
    known = db.session.get(CreditRequest, draft.id)
    if known is not None:
        if (known.asked_by, known.invoice_id) != (actor.user_id, invoice.id):
            raise Invalid(_l("Cet identifiant a déjà servi pour une autre demande."), code="id_reused")
        return known
    check_in_thread(actor, invoice.id, draft.message_id)
    _check(actor, draft, invoice)
    request = CreditRequest(
        id=draft.id,
        invoice_id=invoice.id,
        client_id=invoice.client_id,
        message_id=draft.message_id,
        amount=draft.amount.amount,
        reason=draft.reason.strip(),
        state=rules.ASKED,
        asked_by=actor.user_id,
    )
    db.session.add(request)
    db.session.flush()
    facts = {"invoice": invoice.ref, "amount": request.amount, "reason": request.reason}
    audit.write(actor, "credit_request.ask", "credit_request", request.id, **facts)
    words = words_of(request, invoice)
    post_act(actor, invoice.id, client_id=request.id, kind="credit_request", act_id=request.id, body=words)
    record(CreditAsked(request.id))
    return request


def _check(actor: Actor, draft: Draft, invoice: Invoice) -> None:
    """Raises Invalid with a sentence beside each field at fault."""
    errors: dict[str, object] = {}
    if invoice.voided_at is not None or SIGN[invoice.kind] < 0:
        errors["amount"] = _l("Cette pièce ne donne pas lieu à un avoir.")
    elif draft.amount.currency != invoice.currency:
        errors["amount"] = _l("Les montants sont en %(currency)s.", currency=invoice.currency)
    elif draft.amount.amount <= 0:
        errors["amount"] = _l("Indiquez un montant supérieur à 0 €.")
    elif draft.amount.amount > invoice.gross:
        most = format_money(invoice.gross, invoice.currency, actor.locale)
        errors["amount"] = _l("La facture est de %(amount)s.", amount=most)
    if not draft.reason.strip():
        errors["reason"] = _l("Dites pourquoi.")
    elif len(draft.reason.strip()) > rules.LONGEST_REASON:
        errors["reason"] = _l("Dites-le en %(n)s caractères au plus.", n=rules.LONGEST_REASON)
    elif text_fault(draft.reason, lines=True) is not None:
        errors["reason"] = text_fault(draft.reason, lines=True)
    if errors:
        raise Invalid(_l("La demande n’est pas envoyée."), errors=errors)
