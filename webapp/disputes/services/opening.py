"""Opening a dispute: page, API, importer and offline replay all come through here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import convert
from webapp.disputes import rules
from webapp.disputes.events import DisputeAssigned, DisputeOpened
from webapp.disputes.models import Dispute
from webapp.disputes.policy import may_open, may_resolve
from webapp.disputes.queries import find_reason
from webapp.disputes.rules import Candidate, Reason
from webapp.disputes.services.noting import KIND, author, check_text, said_amount
from webapp.disputes.words import reason_name
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import get_invoice
from webapp.invoices.rules import SIGN
from webapp.threads.models import Message
from webapp.threads.services import post_act
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import list_actors


def open_dispute(
    actor: Actor,
    invoice_id: uuid.UUID,
    *,
    reason: str,
    amount: int | None = None,
    text: str,
    message_id: uuid.UUID | None = None,
    dispute_id: uuid.UUID | None = None,
) -> Dispute:
    """Note that the client contests `amount` (minor units) of the invoice, or all that is left of it.

    Several disputes may be open on one invoice, as long as together they contest no more than is
    open on it: the second one starts where the first ends. The reason names the department, who
    resolves it and by when. A card goes into the invoice's thread. `dispute_id` is the one UUID of
    the act: the same one again gives the first dispute. Events: DisputeOpened, DisputeAssigned,
    MessagesPosted. Raises NotFound, Forbidden, Conflict when nothing is left to contest, Invalid.
    """
    invoice = get_invoice(actor, invoice_id)
    if not may_open(actor):
        raise Forbidden(_l("Votre rôle n’ouvre pas de litige."))
    known = db.session.get(Dispute, dispute_id) if dispute_id is not None else None
    if known is not None:
        return _again(actor, known, invoice_id)
    chosen, said = _check(invoice, find_reason(reason), text)
    contested, whole = _claim(invoice, amount)
    dispute = Dispute(
        id=dispute_id or new_id(),
        invoice_id=invoice.id,
        client_id=invoice.client_id,
        reason=chosen.code,
        whole=whole,
        amount=contested,
        open=contested,
        open_value=convert(contested, invoice.rate),
        text=said,
        department=chosen.department,
        resolver_id=_resolver(chosen, invoice.client),
        due_on=rules.due_on(today(), chosen.delay_days),
        opened_by=author(actor),
        opened_at=now(),
        message_id=_source(message_id, invoice.id),
    )
    db.session.add(dispute)
    db.session.flush()
    _tell(actor, dispute, invoice, chosen)
    return dispute


def _again(actor: Actor, known: Dispute, invoice_id: uuid.UUID) -> Dispute:
    if known.invoice_id != invoice_id or known.opened_by != author(actor):
        raise Invalid(_l("Cet identifiant a déjà servi pour un autre litige."), code="id_reused")
    return known


def _check(invoice: Invoice, reason: Reason | None, text: str) -> tuple[Reason, str]:
    """The reason, and the text as it is kept. Raises NotFound for what is no invoice, Invalid by field."""
    if SIGN[invoice.kind] < 0 or invoice.voided_at is not None:
        raise NotFound(_l("Cette pièce ne se conteste pas."))
    if reason is None or not reason.used:
        raise Invalid(errors={"reason": _l("Choisissez un motif.")})
    return reason, check_text(text, "text", needed=_l("Dites ce que le client conteste.")) or ""


def _claim(invoice: Invoice, amount: int | None) -> tuple[int, bool]:
    """Cents contested, and whether that is all of the invoice. The invoice's row is held meanwhile."""
    left = db.session.scalar(select(Invoice.open).where(Invoice.id == invoice.id).with_for_update()) or 0
    taken = db.session.scalar(
        select(func.coalesce(func.sum(Dispute.open), 0)).where(
            Dispute.invoice_id == invoice.id, Dispute.closed_at.is_(None)
        )
    )
    rest = left - int(taken or 0)
    if left == 0:
        raise Conflict(_l("Cette facture est réglée : rien n’y est à contester."))
    if rest <= 0:
        raise Conflict(_l("Toute la facture est déjà contestée."))
    if amount is None:
        return rest, rest == left
    if not 0 < amount <= rest:
        most = said_amount(rest, invoice.currency)
        raise Invalid(errors={"amount": _l("Indiquez un montant entre 0 € et %(most)s.", most=most)})
    return amount, amount == left


def _resolver(reason: Reason, client: Client) -> uuid.UUID | None:
    candidates = [
        Candidate(each.user_id, each.role, each.name, len(each.branch_ids))
        for each in list_actors()
        if may_resolve(each, client)
    ]
    return rules.choose_resolver(reason, client.sales_rep_id, candidates)


def _source(message_id: uuid.UUID | None, thread_id: uuid.UUID) -> uuid.UUID | None:
    """The message it was made from. Raises NotFound when it is not in this thread."""
    if message_id is None:
        return None
    home = db.session.scalar(select(Message.thread_id).where(Message.id == message_id))
    if home != thread_id:
        raise NotFound(_l("Ce message n’est pas dans le fil de cette facture."))
    return message_id


def _tell(actor: Actor, dispute: Dispute, invoice: Invoice, reason: Reason) -> None:
    values: Mapping[str, Any] = {
        "invoice": invoice.ref,
        "reason": dispute.reason,
        "amount": dispute.amount,
        "resolver": str(dispute.resolver_id) if dispute.resolver_id else None,
    }
    audit.write(actor, "dispute.open", "dispute", dispute.id, **values)
    with force_locale("fr"):
        body = _(
            "Litige ouvert : %(reason)s, %(amount)s",
            reason=reason_name(reason.code, reason.label),
            amount=said_amount(dispute.amount, invoice.currency),
        )
    post_act(actor, invoice.id, client_id=dispute.id, kind=KIND, act_id=dispute.id, body=body)
    record(DisputeOpened(dispute.id, dispute.client_id))
    if dispute.resolver_id is not None:
        record(DisputeAssigned(dispute.id, dispute.resolver_id, actor.user_id))
