"""Reads of quotes and orders, and of what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import DeliveryNote, ExchangeRate, Invoice, Order
from webapp.invoices.queries.delivery_notes import notes_of
from webapp.users.actor import Actor

MISSING = _l("Commande introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
_Quote = aliased(Order)
OrderRow = Row[Order, Client, str]


@dataclass(frozen=True)
class Chain:
    """From the quote to the money, as far as it went. Invoices live, credit notes too, oldest first, as are
    the delivery notes."""

    quote: Order | None
    order: Order | None
    invoices: tuple[Invoice, ...]
    notes: tuple[DeliveryNote, ...] = ()

    @property
    def steps(self) -> list[rules.Step]:
        """What changed from one to the next, in amount and in time."""
        billed = [
            rules.Billed(rules.SIGN[each.kind] * each.gross, each.open, each.issued_on, each.paid_on)
            for each in self.invoices
        ]
        delivered = [(note.amount, note.delivered_on) for note in self.notes]
        return steps_of(self.quote, self.order, billed, delivered)


def steps_of(
    quote: Order | None,
    order: Order | None,
    billed: Sequence[rules.Billed],
    delivered: Sequence[tuple[int, date]] = (),
) -> list[rules.Step]:
    """The steps that were taken from the quote to the money."""
    return rules.steps(
        (quote.amount, quote.issued_on) if quote else None,
        (order.amount, order.issued_on) if order else None,
        billed,
        delivered,
    )


def _base(actor: Actor) -> Select[Order, Client, str]:
    return (
        select(Order, Client, _Quote.ref)
        .join(Client, Client.id == Order.client_id)
        .outerjoin(_Quote, _Quote.id == Order.quote_id)
        .where(in_scope(actor))
    )


def get_order(actor: Actor, order_id: uuid.UUID) -> OrderRow:
    """A quote or an order with its client and its quote's ref, or NotFound when out of scope."""
    found = db.session.execute(_base(actor).where(Order.id == order_id)).one_or_none()
    if found is None:
        raise NotFound(MISSING)
    return found


def get_order_by_ref(actor: Actor, kind: str, ref: str) -> OrderRow:
    """The live one with that reference, or NotFound."""
    if "\x00" in ref:
        raise NotFound(MISSING)
    query = _base(actor).where(Order.kind == kind, Order.ref == ref, Order.voided_at.is_(None))
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(MISSING)
    return found


def list_orders(
    actor: Actor,
    *,
    limit: int,
    kind: str | None = None,
    state: str | None = None,
    client_id: uuid.UUID | None = None,
    client_ref: str | None = None,
    after: Sequence[object] | None = None,
) -> Sequence[OrderRow]:
    """Live quotes and orders, newest first; `limit + 1`."""
    query = _base(actor).where(Order.voided_at.is_(None))
    if kind is not None:
        query = query.where(Order.kind == kind)
    if state is not None:
        query = query.where(Order.state == state)
    if client_id is not None:
        query = query.where(Order.client_id == client_id)
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if after is not None:
        query = query.where(tuple_(Order.issued_on, Order.id) < tuple_(*after))
    return db.session.execute(query.order_by(Order.issued_on.desc(), Order.id.desc()).limit(limit + 1)).all()


def chain_of(order_id: uuid.UUID) -> Chain:
    """What a quote or an order already known to be in scope came from and led to, in three queries."""
    this = aliased(Order)
    quote_id = select(this.quote_id).where(this.id == order_id).scalar_subquery()
    related = (Order.id == order_id) | (Order.id == quote_id) | (Order.quote_id == order_id)
    query = select(Order).where(related, Order.voided_at.is_(None)).order_by(Order.id)
    rows = db.session.scalars(query).all()
    quote = next((row for row in rows if row.kind == "quote"), None)
    placed = [row for row in rows if row.kind == "order"]
    order = next((row for row in placed if row.id == order_id), placed[0] if placed else None)
    if order is None:
        return Chain(quote, None, ())
    invoices = db.session.scalars(
        select(Invoice)
        .where(Invoice.order_id == order.id, Invoice.voided_at.is_(None))
        .order_by(Invoice.issued_on, Invoice.id)
        .limit(100)
    ).all()
    return Chain(quote, order, tuple(invoices), tuple(notes_of(order.id)))


def list_rates(
    actor: Actor,
    *,
    limit: int,
    currency: str | None = None,
    after: Sequence[object] | None = None,
) -> Sequence[ExchangeRate]:
    """Exchange rates, latest first; `limit + 1`."""
    query = select(ExchangeRate)
    if currency is not None:
        query = query.where(ExchangeRate.currency == currency)
    if after is not None:
        query = query.where(tuple_(ExchangeRate.on, ExchangeRate.currency) < tuple_(*after))
    order = (ExchangeRate.on.desc(), ExchangeRate.currency.desc())
    return db.session.scalars(query.order_by(*order).limit(limit + 1)).all()
