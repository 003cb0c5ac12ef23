"""Counting again what of orders and delivery notes is billed, when one of them or an invoice changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from webapp.core.money import convert
from webapp.extensions import db
from webapp.invoices.models import DeliveryNote, Invoice, Order
from webapp.invoices.queries import count_orders, named_of

CHUNK = 500


def recount(
    orders: Iterable[uuid.UUID | None] = (),
    notes: Iterable[uuid.UUID] = (),
    invoices: Iterable[uuid.UUID] = (),
) -> set[uuid.UUID]:
    """Count again these orders, these delivery notes, and those that these invoices bill, each with the whole
    of its order and of the order whose invoice bills it. Returns their clients, whose balances the caller
    refreshes."""
    ids, alone = {each for each in orders if each is not None}, set[uuid.UUID]()
    for note_id, order_id, billed_under in _notes(list(notes), list(invoices)):
        ids |= {each for each in (order_id, billed_under) if each is not None}
        if order_id is None:
            alone.add(note_id)
    clients: set[uuid.UUID] = set()
    for chunk in _chunks(ids):
        clients |= _count_orders(chunk)
    for chunk in _chunks(alone):
        clients |= _count_alone(chunk)
    db.session.flush()
    return clients


def _notes(notes: Sequence[uuid.UUID], invoices: Sequence[uuid.UUID]) -> Iterator[Any]:
    """The notes, each with its order and that of the invoice that bills it."""
    columns = (DeliveryNote.id, DeliveryNote.order_id, Invoice.order_id)
    longest = max(len(notes), len(invoices))
    for start in range(0, longest, CHUNK):
        some = [each[start : start + CHUNK] for each in (notes, invoices)]
        chosen = or_(DeliveryNote.id.in_(some[0]), DeliveryNote.invoice_id.in_(some[1]))
        query = select(*columns).outerjoin(Invoice, Invoice.id == DeliveryNote.invoice_id)
        yield from db.session.execute(query.where(chosen)).tuples()


def _chunks(ids: set[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _count_orders(ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    held = select(Order).where(Order.id.in_(ids)).order_by(Order.id).with_for_update()
    orders = db.session.scalars(held).all()
    counted = count_orders(orders)
    for order in orders:
        now = counted[order.id]
        order.billed = now.billed
        order.open_value = convert(now.to_deliver, order.rate)
        for note, left in now.notes:
            note.open_value = convert(left, note.rate)
    return {order.client_id for order in orders} | {
        note.client_id for each in counted.values() for note, _left in each.notes
    }


def _count_alone(ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Notes without an order: billed as a whole, or not."""
    held = select(DeliveryNote).where(DeliveryNote.id.in_(ids)).order_by(DeliveryNote.id).with_for_update()
    notes = db.session.scalars(held).all()
    named = named_of(notes)
    for note in notes:
        settled = note.id in named or note.closed_on is not None
        note.open_value = 0 if settled else convert(note.amount, note.rate)
    return {note.client_id for note in notes}
