"""The end of a dispute by a person's decision: credit note, rejection, withdrawal."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.clock import today
from webapp.core.errors import Forbidden, Invalid
from webapp.disputes import rules
from webapp.disputes.models import Dispute
from webapp.disputes.policy import may_credit, may_withdraw
from webapp.disputes.services.noting import (
    author,
    check_text,
    close,
    hold,
    said_amount,
    tell_thread,
)
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_invoice_by_ref
from webapp.invoices.services import InvoiceInput, upsert_invoice
from webapp.payments.rules import Share
from webapp.payments.services import match
from webapp.payments.services.by_hand import BY_HAND
from webapp.users.actor import Actor


def credit(
    actor: Actor,
    dispute_id: uuid.UUID,
    *,
    credit_ref: str,
    amount: int | None = None,
    text: str | None = None,
    seen_revision: int | None = None,
) -> Dispute:
    """Settle it with a credit note: `amount` (what is still contested by default) goes off the invoice.

    `credit_ref` names a credit note of the client with that much left; one that is not in the books
    yet is recorded, of today. All of it: accepted; less: accepted in part, and the rest is due again.
    Events: those of recording and matching, DisputeSettled, DisputeChanged. Raises NotFound,
    Forbidden (finance only), Conflict (over, or stale), Invalid by field.
    """
    if not may_credit(actor):
        raise Forbidden(_l("L’avoir est une écriture : la finance l’enregistre."))
    dispute = hold(actor, dispute_id, seen_revision)
    invoice = db.session.get_one(Invoice, dispute.invoice_id)
    cents = dispute.open if amount is None else amount
    if not 0 < cents <= dispute.open:
        most = said_amount(dispute.open, invoice.currency)
        raise Invalid(errors={"amount": _l("Indiquez un montant entre 0 € et %(most)s.", most=most)})
    said = check_text(text, "text")
    credit_id = _credit_note(actor, invoice, credit_ref.strip(), cents)
    share = Share(credit_id, invoice.id, cents, of_credit=True)
    match(actor, invoice.client_id, [share], reasons=[BY_HAND])
    state = rules.outcome_of_credit(cents, dispute.open)
    close(actor, dispute, state, amount=cents, text=said, credit_id=credit_id, by=author(actor))
    tell_thread(dispute, state, name=actor.name, amount=said_amount(cents, invoice.currency))
    return dispute


def _credit_note(actor: Actor, invoice: Invoice, ref: str, cents: int) -> uuid.UUID:
    """The credit note with that number, recorded when the books do not have it. Raises Invalid."""
    if not ref:
        raise Invalid(errors={"credit_ref": _l("Indiquez le numéro de l’avoir.")})
    known = find_invoice_by_ref(actor, ref)
    if known is None:
        written = InvoiceInput(
            ref=ref,
            client_id=invoice.client_id,
            issued_on=today(),
            due_on=today(),
            gross=cents,
            kind="credit_note",
            currency=invoice.currency,
            rate=invoice.rate,
        )
        try:
            return upsert_invoice(actor, written)[0]
        except Invalid as refusal:
            raise Invalid(errors={"credit_ref": refusal.errors.get("ref", refusal.message)}) from refusal
    if known.kind != "credit_note" or known.client_id != invoice.client_id:
        raise Invalid(errors={"credit_ref": _l("%(ref)s n’est pas un avoir de ce client.", ref=ref)})
    if known.currency != invoice.currency or known.open < cents:
        raise Invalid(errors={"credit_ref": _l("Il ne reste pas autant sur l’avoir %(ref)s.", ref=ref)})
    return known.id


def reject(actor: Actor, dispute_id: uuid.UUID, *, text: str, seen_revision: int | None = None) -> Dispute:
    """Say no, and why: all of the invoice is due. Events: DisputeSettled, DisputeChanged.

    Raises NotFound, Forbidden, Conflict (over, or stale), Invalid without a reason.
    """
    dispute = hold(actor, dispute_id, seen_revision)
    said = check_text(text, "text", needed=_l("Dites pourquoi le litige est rejeté."))
    close(actor, dispute, "rejected", text=said, by=author(actor))
    tell_thread(dispute, "rejected", name=actor.name)
    return dispute


def withdraw(
    actor: Actor, dispute_id: uuid.UUID, *, text: str | None = None, seen_revision: int | None = None
) -> Dispute:
    """Take it back: the client no longer contests, or it was a mistake. Who opened it may as well.

    Events and refusals as `reject`.
    """
    dispute = hold(actor, dispute_id, seen_revision, may_withdraw)
    said = check_text(text, "text")
    close(actor, dispute, "withdrawn", text=said, by=author(actor))
    tell_thread(dispute, "withdrawn", name=actor.name)
    return dispute
