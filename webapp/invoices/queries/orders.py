"""Reads of quotes and orders, and of what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices.models import ExchangeRate, Invoice, Order
from webapp.users.actor import Actor

MISSING = _l("Commande introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
_Quote = aliased(Order)
OrderRow = Row[Order, Client, str]


@dataclass(frozen=True)
class Chain:
    """From the quote to the money, as far as it went. Invoices live, credit notes too, oldest first."""

    quote: Order | None
    order: Order | None
    invoices: tuple[Invoice, ...]


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


def chain_of(order: Order) -> Chain:
    """What a quote or an order came from and led to; it is already known to be in scope."""
    quote = order if order.kind == "quote" else db.session.get(Order, order.quote_id or order.id)
    if quote is not None and quote.kind != "quote":
        quote = None
    if order.kind == "quote":
        won = select(Order).where(Order.quote_id == order.id, Order.voided_at.is_(None)).order_by(Order.id)
        followed = db.session.scalars(won.limit(1)).first()
    else:
        followed = order
    invoices: Sequence[Invoice] = ()
    if followed is not None:
        invoices = db.session.scalars(
            select(Invoice)
            .where(Invoice.order_id == followed.id, Invoice.voided_at.is_(None))
            .order_by(Invoice.issued_on, Invoice.id)
            .limit(100)
        ).all()
    return Chain(quote, followed, tuple(invoices))


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
