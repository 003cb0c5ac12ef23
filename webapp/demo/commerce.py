"""What surrounds the demo's invoices: quotes, orders, small losses, a returned payment."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, update

from webapp.demo.people import DOMAIN
from webapp.extensions import db
from webapp.invoices.balances import refresh_balances
from webapp.invoices.models import Invoice, Order
from webapp.invoices.services import NoteInput, OrderInput, recount, upsert_note, upsert_order
from webapp.payments.models import Payment
from webapp.payments.services import return_payment, write_off
from webapp.users.actor import Actor
from webapp.users.queries import find_user_actor

ACCOUNTANT = f"sonia@{DOMAIN}"
LINKED, WAITING, QUOTES, LOSSES = 90, 40, 30, 12


def write_commerce(
    rng: random.Random, actor: Actor, clients: Sequence[uuid.UUID], people: dict[str, uuid.UUID], day: date
) -> int:
    """Orders behind recent invoices, orders not billed yet, quotes; some losses. Returns how many orders."""
    recent = db.session.scalars(
        select(Invoice)
        .where(Invoice.client_id.in_(clients[:400]), Invoice.kind == "invoice", Invoice.voided_at.is_(None))
        .order_by(Invoice.issued_on.desc(), Invoice.ref)
        .limit(4 * LINKED)
    ).all()
    if not recent:
        return 0
    chosen = rng.sample(recent, min(LINKED, len(recent)))
    first = db.session.scalar(select(func.count()).select_from(Order)) or 0
    stale: set[uuid.UUID] = set()
    for number, invoice in enumerate(chosen, first):
        _behind(rng, actor, invoice, number, stale)
    owners = rng.sample([invoice.client_id for invoice in recent], min(WAITING + QUOTES, len(recent)))
    for number, client_id in enumerate(owners):
        _ahead(rng, actor, client_id, number, first + len(chosen) + number, day, stale)
    db.session.flush()
    refresh_balances(stale | recount([order.id for order in db.session.scalars(select(Order))]))
    _losses(rng, people, recent)
    _returned(clients[:400], people, day)
    return len(chosen) + len(owners)


def _behind(rng: random.Random, actor: Actor, invoice: Invoice, number: int, stale: set[uuid.UUID]) -> None:
    """The order of an invoice, often from a quote that was a little higher."""
    ordered_on = invoice.issued_on - timedelta(days=rng.randint(6, 45))
    quote_id = None
    if rng.random() < 0.6:
        quoted_on = ordered_on - timedelta(days=rng.randint(3, 30))
        asked = invoice.gross * rng.choice((100, 100, 104, 110)) // 100
        ends_on = quoted_on + timedelta(days=60)
        row = OrderInput(
            "quote", f"D-{quoted_on:%y%m}-{number:03d}", invoice.client_id, quoted_on, asked, ends_on
        )
        quote_id = upsert_order(actor, row, stale=stale)[0].id
    amount = invoice.gross * rng.choice((100, 100, 100, 130, 97)) // 100
    ref = f"CDE-{ordered_on:%y%m}-{number:03d}"
    row = OrderInput("order", ref, invoice.client_id, ordered_on, amount, None, quote_id)
    state = "open" if amount > invoice.gross else "closed"
    order, _outcome = upsert_order(actor, row, state=state, stale=stale)
    db.session.execute(update(Invoice).where(Invoice.id == invoice.id).values(order_id=order.id))


def _ahead(
    rng: random.Random,
    actor: Actor,
    client_id: uuid.UUID,
    number: int,
    serial: int,
    day: date,
    stale: set[uuid.UUID],
) -> None:
    """An order not billed yet, or a quote that waits or was lost."""
    issued_on, amount = day - timedelta(days=rng.randint(1, 40)), rng.randint(8, 240) * 10_000
    if number < WAITING:
        ends_on = issued_on + timedelta(days=rng.randint(20, 60))
        row = OrderInput("order", f"CDE-{issued_on:%y%m}-{serial:03d}", client_id, issued_on, amount, ends_on)
        order, _outcome = upsert_order(actor, row, stale=stale)
        if number % 3 == 0:  # a part of it is on its way, and waits for the invoice of the month
            part = amount * rng.choice((30, 50, 60)) // 100
            delivered_on = min(issued_on + timedelta(days=5), day)
            note = NoteInput(f"BL-{delivered_on:%y%m}-{serial:03d}", client_id, delivered_on, part, order.id)
            upsert_note(actor, note, stale=stale)
        return
    ends_on = issued_on + timedelta(days=30)
    row = OrderInput("quote", f"D-{issued_on:%y%m}-{serial:03d}", client_id, issued_on, amount, ends_on)
    upsert_order(actor, row, state=rng.choice(("open", "open", "lost")), stale=stale)


def _losses(rng: random.Random, people: dict[str, uuid.UUID], recent: Sequence[Invoice]) -> None:
    """A few cents given up alone, and two losses that wait for the credit manager."""
    accountant = find_user_actor(people[ACCOUNTANT])
    if accountant is None:
        return
    open_ = [invoice for invoice in recent if invoice.open > 60_000]
    for number, invoice in enumerate(rng.sample(open_, min(LOSSES, len(open_)))):
        if number < 2:
            write_off(
                accountant,
                invoice,
                amount=rng.randint(8, 40) * 1_000,
                reason="goodwill",
                note="Retard de livraison : geste accepté par l’agence.",
            )
        else:
            write_off(accountant, invoice, amount=rng.randint(5, 95), reason="difference")


def _returned(clients: Sequence[uuid.UUID], people: dict[str, uuid.UUID], day: date) -> None:
    """The latest direct debit comes back unpaid."""
    accountant = find_user_actor(people[ACCOUNTANT])
    payment = db.session.scalars(
        select(Payment)
        .where(Payment.client_id.in_(clients), Payment.received_on < day - timedelta(days=2))
        .order_by(Payment.received_on.desc(), Payment.source_ref)
        .limit(1)
    ).first()
    if accountant is not None and payment is not None:
        return_payment(accountant, payment, returned_on=day - timedelta(days=1), reason="insufficient_funds")
