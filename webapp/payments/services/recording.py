"""Verbs about payments. Balances live in `invoices`; every write here refreshes them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices.balances import forget
from webapp.payments.events import InvoicesSettled, PaymentReturned
from webapp.payments.models import Allocation, Payment
from webapp.payments.rules import Share
from webapp.payments.services.balances import CHUNK, refresh, require_writer
from webapp.payments.services.matching import allocate, match, reverse
from webapp.users import audit
from webapp.users.actor import Actor

VOID = _l("Ce règlement est annulé.")


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
    rate: int = UNIT_RATE,
    method: str | None = None,
) -> Payment:
    """Record money received and what it settles; the rest stays as unapplied cash.

    `allocations` are (invoice id, minor units); `rate` is the day's, as `core.money.to_rate` gives it.
    Events: InvoicesChanged, BalanceChanged, InvoicesSettled. Raises Forbidden, Invalid, and Conflict when the
    source gave this reference before.
    """
    require_writer(actor)
    if amount <= 0:
        raise Invalid(errors={"amount": _l("Indiquez un montant supérieur à 0 €.")})
    if sum(share for _invoice, share in allocations) > amount or any(
        share <= 0 for _id, share in allocations
    ):
        raise Invalid(errors={"allocations": _l("Les affectations dépassent le règlement.")})
    if _known(source, source_ref):
        raise Conflict(_l("Ce règlement est déjà enregistré."))
    value = convert(amount, rate)
    payment = Payment(
        id=new_id(),
        source=source,
        source_ref=source_ref,
        client_id=client_id,
        received_on=received_on,
        amount=amount,
        unapplied=amount,
        currency=currency,
        rate=rate,
        amount_value=value,
        unapplied_value=value,
        method=method,
        text=text,
    )
    db.session.add(payment)
    db.session.flush()
    allocate(client_id, _shares(payment, allocations))
    if allocations:
        record(InvoicesSettled(tuple(invoice_id for invoice_id, _share in allocations), credit=False))
    audit.write(actor, "payment.record", "payment", payment.id, amount=amount, received_on=received_on)
    return payment


def allocate_payment(actor: Actor, payment: Payment, allocations: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Settle invoices with what is left of a payment (lettrage). Events as `record_payment`.

    Raises Forbidden, Invalid when more would be used than is left, Conflict when it was voided.
    """
    require_writer(actor)
    if payment.voided_at is not None or payment.returned_on is not None:
        raise Conflict(VOID)
    if sum(share for _invoice, share in allocations) > payment.unapplied:
        raise Invalid(errors={"allocations": _l("Les affectations dépassent le règlement.")})
    match(actor, payment.client_id, _shares(payment, allocations))


def return_payment(actor: Actor, payment: Payment, *, returned_on: date, reason: str) -> Payment:
    """The bank took the money back (impayé, rejet): what it settled is open again from that day on.

    The payment stays in the books until that day. Events: PaymentReturned, InvoicesChanged,
    BalanceChanged. Raises Forbidden, Invalid for the day, Conflict when it is out already.
    """
    require_writer(actor)
    if payment.voided_at is not None or payment.returned_on is not None:
        raise Conflict(VOID)
    if not payment.received_on <= returned_on <= today():
        sentence = _l("Un rejet est daté entre l’encaissement et aujourd’hui.")
        raise Invalid(errors={"returned_on": sentence})
    live = (Allocation.payment_id == payment.id) & Allocation.reversed_at.is_(None)
    reverse(db.session.scalars(select(Allocation).where(live)).all(), returned_on)
    payment.returned_on, payment.returned_at, payment.return_reason = returned_on, now(), reason
    payment.unapplied = payment.unapplied_value = 0
    db.session.flush()
    refresh({payment.client_id})
    record(PaymentReturned(payment.id, payment.client_id))
    audit.write(actor, "payment.return", "payment", payment.id, returned_on=returned_on, reason=reason)
    return payment


def void_payments(actor: Actor, payment_ids: Sequence[uuid.UUID], reason: str) -> None:
    """Take payments out: their allocations are reversed today, invoices open again.

    Events: InvoicesChanged, BalanceChanged. Raises Forbidden.
    """
    require_writer(actor, importing=True)
    clients: set[uuid.UUID] = set()
    for start in range(0, len(payment_ids), CHUNK):
        chosen = Payment.id.in_(payment_ids[start : start + CHUNK]) & Payment.voided_at.is_(None)
        found = db.session.execute(select(Payment.id, Payment.client_id).where(chosen)).all()
        ids = [row.id for row in found]
        live = Allocation.payment_id.in_(ids) & Allocation.reversed_at.is_(None)
        reverse(db.session.scalars(select(Allocation).where(live)).all(), today())
        db.session.execute(
            update(Payment).where(Payment.id.in_(ids)).values(voided_at=now(), unapplied=0, unapplied_value=0)
        )
        clients |= {row.client_id for row in found}
    forget(Payment, Allocation)
    refresh(clients)
    audit.write(actor, "payment.void", "payment", reason[:64], count=len(payment_ids))


def _shares(payment: Payment, allocations: Sequence[tuple[uuid.UUID, int]]) -> list[Share]:
    return [Share(payment.id, invoice_id, amount) for invoice_id, amount in allocations]


def _known(source: str, source_ref: str) -> bool:
    same = (Payment.source == source) & (Payment.source_ref == source_ref) & Payment.voided_at.is_(None)
    return db.session.scalar(select(Payment.id).where(same)) is not None
