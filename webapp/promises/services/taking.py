"""Noting what a client says it will pay."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client, survivor_of
from webapp.core.clock import today
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import MAX_AMOUNT, Money, format_money
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.invoices.rules import SIGN
from webapp.promises import rules
from webapp.promises.events import PromisesChanged
from webapp.promises.models import Promise
from webapp.promises.policy import may_take
from webapp.promises.texts import words_of
from webapp.threads.queries.quoted import check_in_thread
from webapp.threads.services import post_act
from webapp.threads.subjects import get_subject
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.queries import company

REFUSED = _l("La promesse n’est pas enregistrée.")
FAULTS = {
    "past": _l("Ce jour est passé : indiquez celui où l’argent est attendu."),
    "far": _l("Indiquez un jour dans les douze mois."),
}


@dataclass(frozen=True)
class Draft:
    """A promise as it is noted: in the thread of an invoice it is about that invoice, elsewhere about
    whatever the client owes. `id` is the act's one UUID."""

    thread_id: uuid.UUID
    amount: Money
    promised_on: date
    said_by: str | None = None
    note: str | None = None
    message_id: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=new_id)


def take_promise(actor: Actor, draft: Draft) -> Promise:
    """Note a promise and show it as a card in its thread; the same id again is the same promise.

    Raises NotFound (thread or message out of scope), Forbidden, Invalid by field.
    Events: PromisesChanged, MessagesPosted.
    """
    if not may_take(actor):
        raise Forbidden(_l("Votre rôle ne note pas de promesses."))
    subject = get_subject(actor, draft.thread_id)
    known = db.session.get(Promise, draft.id)
    if known is not None:
        return _same(known, actor, draft)
    check_in_thread(actor, draft.thread_id, draft.message_id)
    client = survivor_of(get_client(actor, subject.client_id))
    invoice = get_invoice(actor, subject.id) if subject.type == "invoice" else None
    _check(actor, draft, invoice)
    promise = Promise(
        id=draft.id,
        client_id=client.id,
        invoice_id=invoice.id if invoice else None,
        thread_id=draft.thread_id,
        message_id=draft.message_id,
        amount=draft.amount.amount,
        currency=draft.amount.currency,
        promised_on=draft.promised_on,
        said_by=(draft.said_by or "").strip() or None,
        note=(draft.note or "").strip() or None,
        taken_by=None if actor.user_id == NOBODY else actor.user_id,
        state=rules.OPEN,
        received=0,
    )
    db.session.add(promise)
    db.session.flush()
    facts = {"amount": promise.amount, "currency": promise.currency, "promised_on": promise.promised_on}
    audit.write(actor, "promise.take", "promise", promise.id, client=client.ref, **facts)
    post_act(
        actor,
        promise.thread_id,
        client_id=promise.id,
        kind="promise",
        act_id=promise.id,
        body=words_of(promise),
    )
    record(PromisesChanged((promise.client_id,)))
    return promise


def _same(known: Promise, actor: Actor, draft: Draft) -> Promise:
    if (known.taken_by, known.thread_id) != (actor.user_id, draft.thread_id):
        raise Invalid(_l("Cet identifiant a déjà servi pour une autre demande."), code="id_reused")
    return known


def _check(actor: Actor, draft: Draft, invoice: Invoice | None) -> None:
    """Raises Invalid with a sentence beside each field at fault: `nothing_left`, `more_than_left` when
    the books say otherwise."""
    errors: dict[str, object] = {}
    code = None
    amount, currency = draft.amount.amount, draft.amount.currency
    expected = invoice.currency if invoice else company().currency
    if amount <= 0:
        errors["amount"] = _l("Indiquez un montant supérieur à 0 €.")
    elif amount > MAX_AMOUNT:
        errors["amount"] = _l("Ce montant est trop grand.")
    elif currency != expected:
        errors["amount"] = _l("Les montants sont en %(currency)s.", currency=expected)
    elif invoice is not None and (
        invoice.voided_at is not None or SIGN[invoice.kind] < 0 or not invoice.open
    ):
        code = "nothing_left"
        errors["amount"] = _l("Il n’y a rien à régler sur cette pièce.")
    elif invoice is not None and amount > invoice.open:
        code = "more_than_left"
        left = format_money(invoice.open, invoice.currency, actor.locale)
        errors["amount"] = _l("Il reste %(amount)s à régler sur cette facture.", amount=left)
    fault = rules.day_fault(draft.promised_on, today())
    if fault is not None:
        errors["promised_on"] = FAULTS[fault]
    if errors:
        raise Invalid(REFUSED, code=code, errors=errors)
