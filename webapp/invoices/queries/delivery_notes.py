"""Reads of delivery notes, and what of orders they and invoices stand for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import DeliveryNote, Invoice, Order
from webapp.users.actor import Actor

MISSING_NOTE = _l("Bon de livraison introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")
NoteRow = Row[DeliveryNote, Client, str | None, str | None]


@dataclass(frozen=True)
class Counted:
    """An order as its entries give it. Minor units; `notes` the oldest first, with what is left to bill."""

    billed: int
    to_deliver: int
    notes: tuple[tuple[DeliveryNote, int], ...]


def _bills() -> ColumnElement[bool]:
    """Joins a note to the live invoice of its client that says it bills it."""
    return and_(
        Invoice.id == DeliveryNote.invoice_id,
        Invoice.client_id == DeliveryNote.client_id,
        Invoice.voided_at.is_(None),
    )


def named_of(notes: Sequence[DeliveryNote]) -> set[uuid.UUID]:
    """Which of these notes an invoice bills by name."""
    ids = [note.id for note in notes]
    return set(
        db.session.scalars(select(DeliveryNote.id).join(Invoice, _bills()).where(DeliveryNote.id.in_(ids)))
    )


def count_orders(orders: Sequence[Order]) -> dict[uuid.UUID, Counted]:
    """What of these orders is billed, delivered and left, from the entries, in three queries.

    Billed is what live invoices of the order add up to, credit notes taken off, without what they bill of
    other orders' deliveries, and with its own that an invoice of no order or of another one bills.
    """
    ids = [order.id for order in orders]
    linked = _sums(
        select(Invoice.order_id, func.sum(case(rules.SIGN, value=Invoice.kind) * Invoice.gross))
        .where(Invoice.order_id.in_(ids), Invoice.voided_at.is_(None))
        .group_by(Invoice.order_id)
    )
    elsewhere = _sums(
        select(Invoice.order_id, func.sum(DeliveryNote.amount))
        .join(DeliveryNote, _bills())
        .where(
            Invoice.order_id.in_(ids),
            or_(DeliveryNote.order_id.is_(None), DeliveryNote.order_id != Invoice.order_id),
        )
        .group_by(Invoice.order_id)
    )
    notes: dict[uuid.UUID | None, list[tuple[DeliveryNote, uuid.UUID | None, uuid.UUID | None]]] = {}
    for note, invoice_id, order_id in db.session.execute(
        select(DeliveryNote, Invoice.id, Invoice.order_id)
        .outerjoin(Invoice, _bills())
        .where(DeliveryNote.order_id.in_(ids))
        .order_by(DeliveryNote.delivered_on, DeliveryNote.id)
    ).tuples():
        notes.setdefault(note.order_id, []).append((note, invoice_id, order_id))
    found = {}
    for order in orders:
        own = notes.get(order.id, [])
        by_others = sum(note.amount for note, by, of in own if by is not None and of != order.id)
        billed = max(linked.get(order.id, 0) - elsewhere.get(order.id, 0), 0) + by_others
        found[order.id] = _count(order, billed, [(note, by is not None) for note, by, _of in own])
    return found


def _count(order: Order, billed: int, notes: Sequence[tuple[DeliveryNote, bool]]) -> Counted:
    delivered = [rules.Delivered(note.amount, named, note.closed_on is not None) for note, named in notes]
    counts = order.kind == "order" and order.state == "open" and order.voided_at is None
    return Counted(
        billed,
        rules.left_to_deliver(order.amount, billed, delivered) if counts else 0,
        tuple(
            zip((note for note, _named in notes), rules.left_to_bill(billed, delivered), strict=True),
        ),
    )


def _sums(query: Select[uuid.UUID | None, int]) -> dict[uuid.UUID | None, int]:
    return {key: int(total or 0) for key, total in db.session.execute(query).tuples()}


def _base(actor: Actor) -> Select[DeliveryNote, Client, str | None, str | None]:
    return (
        select(DeliveryNote, Client, Order.ref, Invoice.ref)
        .join(Client, Client.id == DeliveryNote.client_id)
        .outerjoin(Order, Order.id == DeliveryNote.order_id)
        .outerjoin(Invoice, _bills())
        .where(in_scope(actor))
    )


def get_note(actor: Actor, note_id: uuid.UUID) -> NoteRow:
    """A delivery note with its client, its order's and its invoice's ref; NotFound when out of scope."""
    return _one(_base(actor).where(DeliveryNote.id == note_id))


def get_note_by_ref(actor: Actor, ref: str) -> NoteRow:
    """The same, by its reference."""
    if "\x00" in ref:
        raise NotFound(MISSING_NOTE)
    return _one(_base(actor).where(DeliveryNote.ref == ref))


def _one(query: Select[DeliveryNote, Client, str | None, str | None]) -> NoteRow:
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(MISSING_NOTE)
    return found


def map_notes(actor: Actor, refs: Sequence[str]) -> dict[str, uuid.UUID]:
    """Ids of the delivery notes in scope that have these references, by reference, in one query."""
    kept = [ref for ref in refs if "\x00" not in ref]
    query = (
        select(DeliveryNote.ref, DeliveryNote.id)
        .join(Client, Client.id == DeliveryNote.client_id)
        .where(in_scope(actor), DeliveryNote.ref.in_(kept))
    )
    return dict(db.session.execute(query).tuples().all())


def list_notes(
    actor: Actor,
    *,
    limit: int,
    unbilled: bool | None = None,
    client_id: uuid.UUID | None = None,
    client_ref: str | None = None,
    after: Sequence[object] | None = None,
) -> Sequence[NoteRow]:
    """Delivery notes, newest first; `limit + 1`. `unbilled` narrows to those that wait for their invoice."""
    query = _base(actor)
    if unbilled is not None:
        query = query.where(DeliveryNote.open_value > 0 if unbilled else DeliveryNote.open_value == 0)
    if client_id is not None:
        query = query.where(DeliveryNote.client_id == client_id)
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if after is not None:
        query = query.where(tuple_(DeliveryNote.delivered_on, DeliveryNote.id) < tuple_(*after))
    order = (DeliveryNote.delivered_on.desc(), DeliveryNote.id.desc())
    return db.session.execute(query.order_by(*order).limit(limit + 1)).all()


def notes_of(order_id: uuid.UUID) -> Sequence[DeliveryNote]:
    """What was delivered of an order already known to be in scope, the oldest first."""
    query = select(DeliveryNote).where(DeliveryNote.order_id == order_id)
    return db.session.scalars(query.order_by(DeliveryNote.delivered_on, DeliveryNote.id).limit(100)).all()
