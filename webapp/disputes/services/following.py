"""What the books do to disputes: credit notes and payments shrink and settle them; days make them late."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from webapp.core.clock import today
from webapp.core.events import record
from webapp.core.money import convert
from webapp.disputes import rules
from webapp.disputes.events import DisputesOverdue
from webapp.disputes.models import Dispute
from webapp.disputes.services.noting import close, note, said_amount, tell_thread
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation
from webapp.users.actor import system_actor

CHUNK = 500


def follow_invoices(invoice_ids: Iterable[uuid.UUID]) -> None:
    """Bring open disputes of these invoices up to what the books say now, in the running transaction.

    A credit note put on the invoice since then goes to its disputes, oldest first: one that is
    credited in full is accepted. Money settles the undisputed part first; what goes beyond settles
    the oldest dispute. An invoice that is settled or voided has nothing left to contest. A payment
    that the bank takes back makes an open dispute grow again, never a settled one come back. Without
    ids (a file changed too many to name) every invoice with an open dispute is looked at.
    Events: those of `close` and `note`.
    """
    named = list(dict.fromkeys(invoice_ids))
    ids = (
        named
        or db.session.scalars(select(Dispute.invoice_id).where(Dispute.closed_at.is_(None)).distinct()).all()
    )
    for start in range(0, len(ids), CHUNK):
        _follow_chunk(ids[start : start + CHUNK])


def _follow_chunk(ids: Sequence[uuid.UUID]) -> None:
    disputes: dict[uuid.UUID, list[Dispute]] = {}
    query = select(Dispute).where(Dispute.invoice_id.in_(ids), Dispute.closed_at.is_(None))
    query = query.order_by(Dispute.invoice_id, Dispute.opened_at, Dispute.id).with_for_update()
    for dispute in db.session.scalars(query.execution_options(populate_existing=True)):
        disputes.setdefault(dispute.invoice_id, []).append(dispute)
    if not disputes:
        return
    touched = list(disputes)
    invoices = db.session.scalars(
        select(Invoice).where(Invoice.id.in_(touched)).execution_options(populate_existing=True)
    ).all()
    credits, counted = _credits(touched), _counted(touched)
    for invoice in invoices:
        mine = disputes[invoice.id]
        since = mine[0].opened_at
        given = [each for each in credits.get(invoice.id, ()) if each.recorded_at >= since]
        known = sum(cents for at, cents in counted.get(invoice.id, ()) if at >= since)
        total = sum(each.amount for each in given) - known
        _follow(invoice, mine, total, given[-1].credit_id if given else None)


def _follow(invoice: Invoice, disputes: Sequence[Dispute], total: int, credit_id: uuid.UUID | None) -> None:
    """Bring the open disputes of one invoice up to date; `total` was credited on it for them."""
    actor, left = system_actor(), 0 if invoice.voided_at is not None else invoice.open
    amounts = [each.amount for each in disputes]
    credits = rules.spread_credits(total, amounts)
    rests = rules.contested(left, list(zip(amounts, credits, strict=True)))
    for dispute, credited, rest in zip(disputes, credits, rests, strict=True):
        if rest == 0:
            state = "withdrawn" if invoice.voided_at else "closed_by_payment"
            state = rules.outcome_of_credit(credited, dispute.amount) if credited else state
            close(actor, dispute, state, amount=credited or None, credit_id=credit_id if credited else None)
            tell_thread(dispute, state, name=None, amount=said_amount(credited, invoice.currency))
        elif rest != dispute.open:
            before, dispute.open = dispute.open, rest
            dispute.open_value = convert(rest, invoice.rate)
            note(actor, "follow", dispute, before=before, after=rest)


def _credits(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """Live allocations of credit notes on these invoices, in the order they were made."""
    credit = aliased(Invoice)
    rows = db.session.execute(
        select(Allocation.invoice_id, Allocation.amount, Allocation.credit_id, Allocation.recorded_at)
        .join(credit, (credit.id == Allocation.credit_id) & (credit.kind == "credit_note"))
        .where(Allocation.invoice_id.in_(ids), Allocation.reversed_at.is_(None))
        .order_by(Allocation.recorded_at, Allocation.id)
    )
    found: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.invoice_id, []).append(row)
    return found


def _counted(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[datetime, int]]]:
    """What settled disputes of these invoices took of their credit notes, and when."""
    found: dict[uuid.UUID, list[tuple[datetime, int]]] = {}
    rows = db.session.execute(
        select(Dispute.invoice_id, Dispute.closed_at, Dispute.resolution_amount).where(
            Dispute.invoice_id.in_(ids), Dispute.resolution_amount > 0
        )
    )
    for invoice_id, closed_at, cents in rows:
        if closed_at is not None:
            found.setdefault(invoice_id, []).append((closed_at, int(cents or 0)))
    return found


def escalate() -> int:
    """Tell of deadlines that passed: the resolver first, those above three days later. How many.

    Each stage is told once for a deadline. Events: DisputesOverdue, once a stage.
    """
    day, told = today(), 0
    late = db.session.execute(
        select(Dispute.id, Dispute.due_on, Dispute.escalation)
        .where(Dispute.closed_at.is_(None), Dispute.due_on < day, Dispute.escalation < rules.ESCALATED)
        .order_by(Dispute.id)
    ).all()
    for stage in (rules.LATE, rules.ESCALATED):
        ids = [row.id for row in late if rules.stage_of(row.due_on, day) == stage > row.escalation]
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            db.session.execute(update(Dispute).where(Dispute.id.in_(chunk)).values(escalation=stage))
            record(DisputesOverdue(tuple(chunk), stage))
        told += len(ids)
    return told
