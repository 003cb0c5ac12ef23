"""Verbs about payments. Balances live in `invoices`; every write here refreshes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select, update

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.invoices.balances import forget, refresh_balances
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.services import settle_invoices, settle_new_in_full
from webapp.payments.models import Allocation, Payment
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may

CHUNK = 500


@dataclass(frozen=True)
class Settlement:
    """A file says this invoice was settled in full on that day."""

    invoice_id: uuid.UUID
    invoice_ref: str
    client_id: uuid.UUID
    amount: int
    settled_on: date


def record_payment(
    actor: Actor,
    *,
    source: str,
    source_ref: str,
    client_id: uuid.UUID,
    received_on: date,
    amount: int,
    text: str | None = None,
    allocations: Sequence[tuple[uuid.UUID, int]] = (),
    currency: str = "EUR",
) -> Payment:
    """Record money received and what it settles; the rest stays as unapplied cash.

    `allocations` are (invoice id, cents). Events: InvoicesChanged, BalanceChanged.
    Raises Forbidden, Invalid, and Conflict when the source gave this reference before.
    """
    require_writer(actor)
    if amount <= 0:
        raise Invalid(errors={"amount": _l("Indiquez un montant supérieur à 0 €.")})
    if _known(source, source_ref):
        raise Conflict(_l("Ce règlement est déjà enregistré."))
    payment = Payment(
        id=new_id(),
        source=source,
        source_ref=source_ref,
        client_id=client_id,
        received_on=received_on,
        amount=amount,
        unapplied=amount,
        currency=currency,
        text=text,
    )
    db.session.add(payment)
    db.session.flush()
    _allocate(payment, allocations, received_on)
    audit.write(actor, "payment.record", "payment", payment.id, amount=amount, received_on=received_on)
    return payment


def allocate_payment(actor: Actor, payment: Payment, allocations: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Settle invoices with what is left of a payment (lettrage). Events as `record_payment`.

    Raises Forbidden, Invalid when more would be used than is left, Conflict when it was voided.
    """
    require_writer(actor)
    if payment.voided_at is not None:
        raise Conflict(_l("Ce règlement est annulé."))
    _allocate(payment, allocations, payment.received_on)
    audit.write(
        actor,
        "payment.allocate",
        "payment",
        payment.id,
        allocations=[[str(invoice_id), share] for invoice_id, share in allocations],
    )


def _known(source: str, source_ref: str) -> bool:
    same = (Payment.source == source) & (Payment.source_ref == source_ref) & Payment.voided_at.is_(None)
    return db.session.scalar(select(Payment.id).where(same)) is not None


def _allocate(payment: Payment, allocations: Sequence[tuple[uuid.UUID, int]], day: date) -> None:
    """Take the shares from the payment and off the invoices; refresh every balance touched."""
    allocated = sum(share for _invoice, share in allocations)
    if allocated > payment.unapplied or any(share <= 0 for _invoice, share in allocations):
        raise Invalid(errors={"allocations": _l("Les affectations dépassent le règlement.")})
    latest = _latest_days(invoice_id for invoice_id, _share in allocations)
    clients = settle_invoices(
        (invoice_id, share, max(day, latest.get(invoice_id, day))) for invoice_id, share in allocations
    )
    payment.unapplied -= allocated
    for invoice_id, share in allocations:
        db.session.add(
            Allocation(
                id=new_id(),
                payment_id=payment.id,
                invoice_id=invoice_id,
                amount=share,
                effective_on=day,
            )
        )
    db.session.flush()
    _refresh({payment.client_id, *clients})
    if allocations:
        record(InvoicesChanged(tuple(dict.fromkeys(invoice_id for invoice_id, _share in allocations))))


def _latest_days(invoice_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, date]:
    """When money last came in on these invoices: payments are not always entered in their order."""
    rows = db.session.execute(
        select(Allocation.invoice_id, func.max(Allocation.effective_on))
        .where(Allocation.invoice_id.in_(set(invoice_ids)), Allocation.reversed_at.is_(None))
        .group_by(Allocation.invoice_id)
    )
    return dict(rows.tuples().all())


def record_settlements(actor: Actor, rows: Sequence[Settlement], import_id: uuid.UUID) -> None:
    """Payments that settle invoices of the same file in full, set-based. Events: BalanceChanged."""
    require_writer(actor, importing=True)
    if not rows:
        return
    recorded_at = now()
    payments, allocations = [], []
    for row in rows:
        payment_id = new_id()
        payments.append(
            {
                "id": payment_id,
                "source": "import",
                "source_ref": f"{row.invoice_ref} {row.settled_on} {row.amount}",
                "client_id": row.client_id,
                "received_on": row.settled_on,
                "amount": row.amount,
                "unapplied": 0,
                "currency": "EUR",
                "recorded_at": recorded_at,
                "import_id": import_id,
            }
        )
        allocations.append(
            {
                "id": new_id(),
                "payment_id": payment_id,
                "invoice_id": row.invoice_id,
                "amount": row.amount,
                "effective_on": row.settled_on,
                "recorded_at": recorded_at,
            }
        )
    db.session.execute(insert(Payment), payments)
    db.session.execute(insert(Allocation), allocations)
    settle_new_in_full({row.invoice_id: row.settled_on for row in rows})
    _refresh({row.client_id for row in rows})


def void_payments(actor: Actor, payment_ids: Sequence[uuid.UUID], reason: str) -> None:
    """Take payments out: their allocations are reversed today, invoices open again.

    Events: InvoicesChanged, BalanceChanged. Raises Forbidden.
    """
    require_writer(actor, importing=True)
    clients: set[uuid.UUID] = set()
    opened: list[uuid.UUID] = []
    for start in range(0, len(payment_ids), CHUNK):
        chosen = Payment.id.in_(payment_ids[start : start + CHUNK]) & Payment.voided_at.is_(None)
        found = db.session.execute(select(Payment.id, Payment.client_id).where(chosen)).all()
        ids = [row.id for row in found]
        live = Allocation.payment_id.in_(ids) & Allocation.reversed_at.is_(None)
        rows = db.session.execute(select(Allocation.invoice_id, Allocation.amount).where(live)).all()
        clients |= settle_invoices((row.invoice_id, -row.amount, today()) for row in rows)
        clients |= {row.client_id for row in found}
        db.session.execute(update(Allocation).where(live).values(reversed_on=today(), reversed_at=now()))
        db.session.execute(update(Payment).where(Payment.id.in_(ids)).values(voided_at=now(), unapplied=0))
        opened += [row.invoice_id for row in rows]
    db.session.flush()
    forget(Payment, Allocation)
    _refresh(clients)
    if opened:
        record(InvoicesChanged(tuple(dict.fromkeys(opened))))
    audit.write(actor, "payment.void", "payment", reason[:64], count=len(payment_ids))


def require_writer(actor: Actor, *, importing: bool = False) -> None:
    """Raises Forbidden for roles that record no payments; a file may bring them with it."""
    if not may(actor, "payment.write") and not (importing and may(actor, "import.files")):
        raise Forbidden(_l("Votre rôle n’enregistre pas de règlements."))


def _refresh(client_ids: set[uuid.UUID]) -> None:
    """Balances of these clients, with the cash they have not allocated."""
    ids = list(client_ids)
    unapplied: dict[uuid.UUID, int] = dict.fromkeys(ids, 0)
    for start in range(0, len(ids), CHUNK):
        rows = db.session.execute(
            select(Payment.client_id, func.sum(Payment.unapplied))
            .where(
                Payment.client_id.in_(ids[start : start + CHUNK]),
                Payment.voided_at.is_(None),
                Payment.unapplied > 0,
            )
            .group_by(Payment.client_id)
        )
        unapplied |= {client_id: int(total) for client_id, total in rows}
    refresh_balances(ids, unapplied)
