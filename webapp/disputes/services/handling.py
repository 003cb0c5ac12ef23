"""While a dispute is open: who resolves it, by when, whom it waits for, what is proposed."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.core.clock import now, today
from webapp.core.errors import Invalid
from webapp.core.events import record
from webapp.disputes import rules
from webapp.disputes.events import DisputeAssigned, DisputeProposed
from webapp.disputes.models import Dispute
from webapp.disputes.policy import may_resolve
from webapp.disputes.services.noting import (
    author,
    check_text,
    hold,
    note,
    said_amount,
    tell_thread,
)
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor
from webapp.users.queries import find_user_actor

LONGEST = timedelta(days=2 * 365)


def assign(
    actor: Actor, dispute_id: uuid.UUID, resolver_id: uuid.UUID | None, *, seen_revision: int | None = None
) -> Dispute:
    """Give it to somebody who may see the client and settle disputes (None: to nobody).

    Events: DisputeAssigned, DisputeChanged. Raises NotFound, Forbidden, Conflict (over, or stale),
    Invalid when that person may not.
    """
    dispute = hold(actor, dispute_id, seen_revision)
    if dispute.resolver_id == resolver_id:
        return dispute
    if resolver_id is not None:
        person = find_user_actor(resolver_id)
        if person is None or not may_resolve(person, db.session.get_one(Client, dispute.client_id)):
            raise Invalid(errors={"resolver_id": _l("Cette personne ne peut pas résoudre ce litige.")})
    before, dispute.resolver_id = dispute.resolver_id, resolver_id
    note(actor, "assign", dispute, before=_text(before), after=_text(resolver_id))
    if resolver_id is not None:
        record(DisputeAssigned(dispute.id, resolver_id, actor.user_id))
    return dispute


def set_due_day(
    actor: Actor, dispute_id: uuid.UUID, due_on: date, *, seen_revision: int | None = None
) -> Dispute:
    """Give it another deadline, from today on; who was told that it is late is told anew when it is.

    Events: DisputeChanged. Raises as `assign`.
    """
    dispute = hold(actor, dispute_id, seen_revision)
    if dispute.due_on == due_on:
        return dispute
    if not today() <= due_on <= today() + LONGEST:
        raise Invalid(errors={"due_on": _l("Choisissez un jour à venir.")})
    before, dispute.due_on, dispute.escalation = dispute.due_on, due_on, rules.ON_TIME
    note(actor, "due", dispute, before=before, after=due_on)
    return dispute


def wait_for(actor: Actor, dispute_id: uuid.UUID, whom: str, *, seen_revision: int | None = None) -> Dispute:
    """Say whose turn it is: `waiting_us` (being examined) or `waiting_client`.

    Events: DisputeChanged. Raises as `assign`.
    """
    dispute = hold(actor, dispute_id, seen_revision)
    if whom not in rules.WAITING:
        raise Invalid(errors={"state": _l("Choisissez qui doit répondre.")})
    if dispute.state != whom:
        before, dispute.state = dispute.state, whom
        note(actor, "wait", dispute, before=before, after=whom)
    return dispute


def propose(
    actor: Actor,
    dispute_id: uuid.UUID,
    *,
    amount: int | None = None,
    text: str | None = None,
    seen_revision: int | None = None,
) -> Dispute:
    """Ask finance for a credit note of `amount` (all that is still contested by default).

    Events: DisputeProposed, DisputeChanged. Raises as `assign`.
    """
    dispute = hold(actor, dispute_id, seen_revision)
    cents = dispute.open if amount is None else amount
    currency = db.session.get_one(Invoice, dispute.invoice_id).currency
    if not 0 < cents <= dispute.open:
        most = said_amount(dispute.open, currency)
        raise Invalid(errors={"amount": _l("Indiquez un montant entre 0 € et %(most)s.", most=most)})
    said = check_text(text, "text")
    dispute.proposed_amount, dispute.proposed_text = cents, said
    dispute.proposed_by, dispute.proposed_at = author(actor), now()
    dispute.state = "waiting_us"
    note(actor, "propose", dispute, amount=cents)
    tell_thread(dispute, "proposed", name=actor.name, amount=said_amount(cents, currency))
    record(DisputeProposed(dispute.id, actor.user_id))
    return dispute


def _text(user_id: uuid.UUID | None) -> str | None:
    return str(user_id) if user_id else None
