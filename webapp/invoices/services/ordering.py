"""Quotes and orders: what a client was offered and ordered, and what of it is billed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import MAX_AMOUNT, UNIT_RATE, convert
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.balances import refresh_balances
from webapp.invoices.events import OrdersChanged
from webapp.invoices.models import DeliveryNote, Order
from webapp.invoices.services.counting import recount
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may

LONGEST_REF = 64
CHUNK = 500
NAMES = ("client_id", "issued_on", "ends_on", "quote_id", "amount", "currency", "rate")


@dataclass(frozen=True)
class OrderInput:
    """A quote or an order as a source gives it. Minor units of its own currency; dates."""

    kind: str
    ref: str
    client_id: uuid.UUID
    issued_on: date
    amount: int
    ends_on: date | None = None
    quote_id: uuid.UUID | None = None
    currency: str = "EUR"
    rate: int = UNIT_RATE


def upsert_order(
    actor: Actor, row: OrderInput, *, state: str | None = None, stale: set[uuid.UUID] | None = None
) -> tuple[Order, str]:
    """Record or correct a quote or an order; returns it and `created`, `updated` or `unchanged`.

    A new order of a quote wins it. `state` closes or reopens it. With `stale`, the clients whose balances
    must follow are added to it, and the caller refreshes them once for many calls. Events: OrdersChanged,
    BalanceChanged. Raises Forbidden, Invalid with the field at fault.
    """
    if not may(actor, "invoice.write"):
        raise Forbidden(_l("Votre rôle n’enregistre pas de commandes."))
    _check(row, state)
    found = _find(row)
    outcome = "created" if found is None else "updated"
    if found is None:
        found = Order(id=new_id(), kind=row.kind, ref=row.ref, billed=0, open_value=0, state="open")
        db.session.add(found)
        clients = {row.client_id}
    else:
        clients = {found.client_id, row.client_id}
        if found.voided_at is None and _same(found, row, state):
            return found, "unchanged"
        _check_notes(found, row)
        found.voided_at = None
    _write(found, row, state)
    if outcome == "created":  # nothing was delivered or billed of it yet
        counts = found.kind == "order" and found.state == "open"
        found.open_value = convert(found.amount, found.rate) if counts else 0
    db.session.flush()
    if outcome == "updated":
        clients |= recount([found.id])
    if found.quote_id is not None:
        _win(found.quote_id)
    if stale is None:
        refresh_balances(clients)
    else:
        stale |= clients
    record(OrdersChanged((found.id,), tuple(clients)))
    audit.write(
        actor,
        f"order.{outcome}",
        "order",
        found.id,
        kind=row.kind,
        ref=row.ref,
        amount=row.amount,
        state=state,
    )
    return found, outcome


def void_orders(actor: Actor, order_ids: Sequence[uuid.UUID], reason: str) -> None:
    """Take orders out of every sum. Events as `upsert_order`.

    Raises Forbidden, and Conflict when an invoice was issued for one of them.
    """
    if not may(actor, "invoice.write") and not may(actor, "import.files"):
        raise Forbidden(_l("Votre rôle n’enregistre pas de commandes."))
    clients: set[uuid.UUID] = set()
    for start in range(0, len(order_ids), CHUNK):
        rows = db.session.scalars(
            select(Order).where(Order.id.in_(order_ids[start : start + CHUNK]), Order.voided_at.is_(None))
        ).all()
        billed = [row.ref for row in rows if row.billed]
        if billed:
            raise Conflict(_l("Ces commandes sont déjà facturées."), errors={"orders": billed})
        for row in rows:
            row.voided_at = now()
        db.session.flush()
        clients |= recount(row.id for row in rows)
    refresh_balances(clients)
    record(OrdersChanged(tuple(order_ids), tuple(clients)))
    audit.write(actor, "order.void", "order", reason[:64], count=len(order_ids))


def _win(quote_id: uuid.UUID) -> None:
    quote = db.session.get(Order, quote_id)
    if quote is not None and quote.state == "open":
        quote.state, quote.closed_on = "won", today()


def _write(order: Order, row: OrderInput, state: str | None) -> None:
    for name in NAMES:
        setattr(order, name, getattr(row, name))
    if state is not None and state != order.state:
        order.state, order.closed_on = state, None if state == "open" else today()


def _find(row: OrderInput) -> Order | None:
    """The live one with that reference, else the last that was voided."""
    return db.session.scalar(
        select(Order)
        .where(Order.kind == row.kind, Order.ref == row.ref)
        .order_by(Order.voided_at.is_not(None), Order.id.desc())
        .limit(1)
    )


def _check_notes(order: Order, row: OrderInput) -> None:
    """What was delivered of an order stays with its client, in its currency. Raises Invalid."""
    if (order.client_id, order.currency) == (row.client_id, row.currency):
        return
    if db.session.scalar(select(DeliveryNote.id).where(DeliveryNote.order_id == order.id).limit(1)):
        name = "client_ref" if order.client_id != row.client_id else "amount"
        raise Invalid(errors={name: _l("Cette commande a des livraisons : son client et sa devise restent.")})


def _same(order: Order, row: OrderInput, state: str | None) -> bool:
    same = all(getattr(order, name) == getattr(row, name) for name in NAMES)
    return same and (state is None or state == order.state)


def _check(row: OrderInput, state: str | None) -> None:
    if not row.ref.strip() or len(row.ref) > LONGEST_REF or text_fault(row.ref) is not None:
        raise Invalid(errors={"ref": _l("Indiquez une référence.")})
    if not 0 < row.amount <= MAX_AMOUNT:
        raise Invalid(errors={"amount": _l("Indiquez un montant supérieur à 0 €.")})
    if row.ends_on is not None and row.ends_on < row.issued_on:
        raise Invalid(errors={"ends_on": _l("La fin ne peut pas précéder le début.")})
    if state is not None and state not in rules.ORDER_STATES[row.kind]:
        raise Invalid(errors={"state": _l("Cet état n’existe pas pour cette pièce.")})
    if row.quote_id is not None:
        quote = db.session.get(Order, row.quote_id)
        if row.kind != "order" or quote is None or quote.kind != "quote" or quote.client_id != row.client_id:
            raise Invalid(errors={"quote_ref": _l("Aucun devis de ce client n’a cette référence.")})
