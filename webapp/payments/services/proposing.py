"""Proposals become acts: accepted, changed by hand, refused, undone, many at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation, Matching, Payment, RefusedProposal, WriteOff
from webapp.payments.queries import (
    get_matching,
    get_payment,
    last_matcher,
    limits,
    proposals_for,
)
from webapp.payments.rules import needs_approval
from webapp.payments.rules.evidence import Proposal
from webapp.payments.schemas.reasons import reason_json
from webapp.payments.services.balances import require_writer
from webapp.payments.services.matching import match, undo_matching
from webapp.payments.services.recording import VOID
from webapp.payments.services.writing_off import undo_write_off, write_off
from webapp.users import audit
from webapp.users.actor import Actor

CHANGED = _l("La facture ou le règlement a changé entre-temps. Revoyez la proposition.")


@dataclass
class Accepted:
    """What became of proposals accepted together."""

    batch_id: uuid.UUID
    matchings: list[Matching] = field(default_factory=list)
    left: list[uuid.UUID] = field(default_factory=list)  # payments whose proposal was no longer there


def accept_proposal(actor: Actor, payment_id: uuid.UUID, key: str) -> Matching:
    """Do what the proposal `key` says: match, and give up the small difference in the same act.

    It is computed again under a lock, so two people who accept at once make one matching; the
    other gets a Conflict that names the first. Events: those of `match`. Raises Forbidden,
    NotFound, Conflict.
    """
    require_writer(actor)
    payment = get_payment(actor, payment_id, lock=True)
    require_unmatched(payment)
    found = {each.key: each for each in proposals_for([payment]).get(payment.id, ())}
    if key not in found:
        raise Conflict(CHANGED)
    return _do(actor, payment, found[key], None)


def accept_sure(actor: Actor, chosen: Sequence[tuple[uuid.UUID, str]], batch_id: uuid.UUID) -> Accepted:
    """Accept several proposals (payment id, key) that are sure, in one batch.

    What is no longer there, or no longer sure, is left and reported. The caller keeps the number
    small: all of it is one transaction. Events: those of `match`. Raises Forbidden.
    """
    require_writer(actor)
    done = Accepted(batch_id)
    payments = _scoped(actor, [payment_id for payment_id, _key in chosen])
    found = proposals_for(list(payments.values()))
    used: set[uuid.UUID] = set()
    for payment_id, key in chosen:
        proposal = next((each for each in found.get(payment_id, ()) if each.key == key), None)
        touched = {item.id for item in (*proposal.items, *proposal.credits)} if proposal else set()
        if proposal is None or not proposal.sure or touched & used:
            done.left.append(payment_id)
            continue
        used |= touched
        done.matchings.append(_do(actor, payments[payment_id], proposal, batch_id))
    return done


def refuse_proposal(actor: Actor, payment_id: uuid.UUID, key: str) -> None:
    """Turn a proposal down: it is not made again for this payment. Raises Forbidden, NotFound, Conflict."""
    require_writer(actor)
    payment = get_payment(actor, payment_id, lock=True)
    if key not in {each.key for each in proposals_for([payment]).get(payment.id, ())}:
        raise Conflict(CHANGED)
    db.session.add(RefusedProposal(payment_id=payment.id, key=key, refused_by=actor.user_id))
    audit.write(actor, "proposal.refuse", "payment", payment.id, proposal=key)


def take_back_refusal(actor: Actor, payment_id: uuid.UUID, key: str) -> None:
    """Let a refused proposal be made again. Raises Forbidden, NotFound."""
    require_writer(actor)
    payment = get_payment(actor, payment_id)
    refused = (RefusedProposal.payment_id == payment.id) & (RefusedProposal.key == key)
    db.session.execute(delete(RefusedProposal).where(refused))
    audit.write(actor, "proposal.reconsider", "payment", payment.id, proposal=key)


def undo_match(actor: Actor, matching_id: uuid.UUID) -> Matching:
    """Take an act of matching back, with the differences it gave up.

    Events: those of `match`. Raises Forbidden, NotFound, Conflict when it was undone before.
    """
    require_writer(actor)
    matching = get_matching(actor, matching_id, lock=True)
    if matching.undone_on is None:
        given_up = db.session.scalars(
            select(WriteOff.id)
            .join(Allocation, Allocation.credit_id == WriteOff.document_id)
            .where(
                Allocation.matching_id == matching_id,
                Allocation.reversed_at.is_(None),
                WriteOff.state == "approved",
            )
        ).all()
        for write_off_id in given_up:
            undo_write_off(actor, write_off_id)
    return undo_matching(actor, matching_id)


def undo_batch(actor: Actor, batch_id: uuid.UUID, most: int | None = None) -> int:
    """Undo what was accepted together and still stands, at most so many; returns how many.

    Events: those of `match`. Raises Forbidden, NotFound when there is no such batch.
    """
    require_writer(actor)
    rows = select(Matching.id, Matching.undone_on).where(Matching.batch_id == batch_id)
    found = db.session.execute(rows.order_by(Matching.id.desc())).tuples().all()
    if not found:
        raise NotFound(_l("Ce lettrage n’existe pas."))
    live = [matching_id for matching_id, undone_on in found if undone_on is None]
    for matching_id in live[:most]:
        undo_match(actor, matching_id)
    return len(live[:most])


def _do(actor: Actor, payment: Payment, proposal: Proposal, batch_id: uuid.UUID | None) -> Matching:
    reasons = [reason_json(each) for each in proposal.reasons]
    try:
        matching = match(actor, payment.client_id, proposal.shares, source="proposal", reasons=reasons)
    except Invalid as refusal:  # somebody settled one of the invoices a moment ago
        raise Conflict(CHANGED) from refusal
    matching.batch_id = batch_id
    if proposal.write_off is not None:
        give_up_rest(actor, matching, [item.id for item in proposal.items], proposal.write_off, payment)
    return matching


def give_up_rest(
    actor: Actor, matching: Matching, invoice_ids: Sequence[uuid.UUID], reason: str, payment: Payment
) -> None:
    """Give up what is still open on these invoices, within the same act, on the day of the payment.

    Raises Invalid when nothing is left, when `difference` is above the tolerance, and when it
    takes a second person, who is asked on the invoice itself.
    """
    invoices = db.session.scalars(
        select(Invoice).where(Invoice.id.in_(invoice_ids)).execution_options(populate_existing=True)
    ).all()
    rest = sum(invoice.open_value for invoice in invoices)
    tolerated, cap = limits()
    if rest == 0:
        raise Invalid(errors={"write_off": _l("Il ne reste rien à passer en écart.")})
    if reason == "difference" and rest > tolerated:
        raise Invalid(errors={"write_off": _l("L’écart dépasse la tolérance.")})
    if needs_approval(rest, cap):
        raise Invalid(
            errors={
                "write_off": _l(
                    "Ce montant demande une seconde personne : passez-le en perte sur la facture."
                )
            }
        )
    for invoice in invoices:
        if invoice.open:
            write_off(
                actor,
                invoice,
                amount=invoice.open,
                reason=reason,
                matching_id=matching.id,
                on=payment.received_on,
            )


def require_unmatched(payment: Payment) -> None:
    """Raises Conflict when nothing is left of the payment, naming who used it last."""
    if payment.voided_at is not None or payment.returned_on is not None:
        raise Conflict(VOID)
    if payment.unapplied == 0:
        name = last_matcher(payment.id)
        if name is None:
            raise Conflict(_l("Ce règlement est déjà lettré."))
        raise Conflict(_l("%(name)s vient de lettrer ce règlement.", name=name))


def _scoped(actor: Actor, payment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Payment]:
    """The payments that exist in scope, locked in the order of their ids: nobody waits in a circle."""
    rows = db.session.scalars(
        select(Payment)
        .join(Client, Client.id == Payment.client_id)
        .where(Payment.id.in_(payment_ids), in_scope(actor))
        .order_by(Payment.id)
        .with_for_update(of=Payment)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}
