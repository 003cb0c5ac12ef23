"""Answering a request for a credit note: by finance, or by the credit note itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext as _l

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.money import Money
from webapp.core.plain_text import text_fault
from webapp.credit_requests import rules
from webapp.credit_requests.events import CreditAnswered
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.policy import may_answer
from webapp.credit_requests.queries import get_request, list_credits, list_waiting
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_invoice_by_ref
from webapp.invoices.services import InvoiceInput, upsert_invoice
from webapp.payments.rules import Share
from webapp.payments.services import match
from webapp.threads.events import ActChanged
from webapp.users import audit
from webapp.users.actor import Actor


def grant(
    actor: Actor, request_id: uuid.UUID, *, credit_ref: str, amount: Money | None = None
) -> CreditRequest:
    """Give the credit note `credit_ref` for it: one of the client that has enough left, else a new one,
    recorded as of today. It is put on the invoice as far as something is open there.

    `amount` is what was asked unless it says otherwise. Raises NotFound, Forbidden, Conflict when it is
    answered, Invalid by field. Events: CreditAnswered, ActChanged, and those of `match`.
    """
    request, invoice = _waiting(actor, request_id)
    money = amount or Money(request.amount, invoice.currency)
    _check(money, invoice)
    credit = _credit(actor, invoice, credit_ref.strip(), money.amount)
    _close(request, rules.GRANTED, actor, credit_id=credit.id, granted=money.amount)
    put = min(money.amount, invoice.open)
    if put:
        match(actor, invoice.client_id, [Share(credit.id, invoice.id, put, of_credit=True)])
    facts = {"credit": credit.ref, "amount": money.amount}
    audit.write(actor, "credit_request.grant", "credit_request", request.id, **facts)
    return request


def decline(actor: Actor, request_id: uuid.UUID, reason: str) -> CreditRequest:
    """Say no, and why. Raises NotFound, Forbidden, Conflict when it is answered, Invalid.

    Events: CreditAnswered, ActChanged.
    """
    request, _invoice = _waiting(actor, request_id)
    if not reason.strip():
        raise Invalid(errors={"answer": _l("Dites pourquoi vous refusez.")})
    if len(reason.strip()) > rules.LONGEST_REASON or text_fault(reason, lines=True) is not None:
        raise Invalid(errors={"answer": _l("Dites-le en %(n)s caractères au plus.", n=rules.LONGEST_REASON)})
    request.answer = reason.strip()
    _close(request, rules.DECLINED, actor)
    audit.write(actor, "credit_request.decline", "credit_request", request.id, reason=request.answer)
    return request


def settle(actor: Actor, invoice_ids: Collection[uuid.UUID]) -> None:
    """Close the requests that a credit note put on their invoice has answered, in whichever way it came.

    Events: CreditAnswered, ActChanged.
    """
    waiting = list_waiting(invoice_ids)
    credits = list_credits({request.invoice_id for request in waiting}) if waiting else {}
    for request in waiting:
        found = rules.settled_by(request.amount, request.asked_at, credits.get(request.invoice_id, ()))
        if found is not None:
            credits[request.invoice_id].remove(found)
            _close(request, rules.GRANTED, None, credit_id=found.credit_id, granted=found.amount)
            audit.write(
                actor, "credit_request.settle", "credit_request", request.id, credit=str(found.credit_id)
            )


def _waiting(actor: Actor, request_id: uuid.UUID) -> tuple[CreditRequest, Invoice]:
    """The request, locked, and its invoice. Raises NotFound, Forbidden, Conflict."""
    line = get_request(actor, request_id)
    if not may_answer(actor):
        raise Forbidden(_l("La comptabilité et le crédit manager répondent aux demandes d’avoir."))
    db.session.refresh(line.request, with_for_update=True)
    if line.request.state != rules.ASKED:
        raise Conflict(_l("Cette demande a déjà sa réponse."))
    return line.request, line.invoice


def _check(money: Money, invoice: Invoice) -> None:
    if money.currency != invoice.currency:
        raise Invalid(errors={"amount": _l("Les montants sont en %(currency)s.", currency=invoice.currency)})
    if not 0 < money.amount <= invoice.gross:
        raise Invalid(errors={"amount": _l("Indiquez un montant entre 0 € et celui de la facture.")})


def _credit(actor: Actor, invoice: Invoice, ref: str, amount: int) -> Invoice:
    """The credit note of that number, recorded if it is new. Raises Invalid."""
    known = find_invoice_by_ref(actor, ref)
    if known is None:
        day = max(today(), invoice.issued_on)
        row = InvoiceInput(
            ref=ref,
            client_id=invoice.client_id,
            issued_on=day,
            due_on=day,
            gross=amount,
            kind="credit_note",
            currency=invoice.currency,
            rate=invoice.rate,
        )
        try:
            credit_id, _outcome = upsert_invoice(actor, row)
        except Invalid as refusal:
            raise Invalid(errors={"credit_ref": next(iter(refusal.errors.values()))}) from None
        return db.session.get_one(Invoice, credit_id)
    wrong: object = None
    if known.client_id != invoice.client_id or known.currency != invoice.currency:
        wrong = _l("Ce client n’a pas de pièce %(ref)s.", ref=ref)
    elif known.kind != "credit_note":
        wrong = _l("%(ref)s n’est pas un avoir.", ref=ref)
    elif known.open < amount:
        wrong = _l("Il reste moins que cela sur l’avoir %(ref)s.", ref=ref)
    if wrong is not None:
        raise Invalid(errors={"credit_ref": wrong})
    return known


def _close(
    request: CreditRequest,
    state: str,
    actor: Actor | None,
    *,
    credit_id: uuid.UUID | None = None,
    granted: int | None = None,
) -> None:
    request.state, request.credit_id, request.granted = state, credit_id, granted
    request.answered_by, request.answered_at = actor.user_id if actor else None, now()
    db.session.flush()
    record(ActChanged(request.invoice_id, "credit_request", request.id))
    record(CreditAnswered(request.id))
