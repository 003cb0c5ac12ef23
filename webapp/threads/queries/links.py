"""Invoices and clients that messages name, as cards for one reader: what they may not see is not there.

Nothing outside is ever fetched. One query for each kind, however many messages.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.api import money
from webapp.core.clock import today
from webapp.extensions import db
from webapp.invoices.models import Balance, Invoice
from webapp.threads.linking import MOST_CARDS, Named, named_in
from webapp.threads.models import Message
from webapp.threads.subjects import get_subject
from webapp.users.actor import Actor
from webapp.users.policy import may

MOST_MESSAGES = 200


def list_links(actor: Actor, thread_id: uuid.UUID, first: int, last: int) -> list[dict[str, Any]]:
    """Cards of what the messages from seq `first` to `last` name: `{message_id, seq, links}`.

    Messages that name nothing the actor may see are left out. Raises NotFound.
    """
    get_subject(actor, thread_id)
    rows = db.session.execute(
        select(Message.id, Message.seq, Message.body)
        .where(Message.thread_id == thread_id, Message.seq.between(first, last), Message.kind == "text")
        .order_by(Message.seq)
        .limit(MOST_MESSAGES)
    ).all()
    named = {row.id: found for row in rows if (found := named_in(row.body))}
    if not named:
        return []
    cards = {**_invoices(actor, named.values()), **_clients(actor, named.values())}
    items = [
        {"message_id": str(row.id), "seq": row.seq, "links": _cards_of(named[row.id], cards, thread_id)}
        for row in rows
        if row.id in named
    ]
    return [item for item in items if item["links"]]


def _cards_of(named: Named, cards: dict[Any, dict[str, Any]], thread_id: uuid.UUID) -> list[dict[str, Any]]:
    """The cards of one text; what the thread itself is about needs none."""
    keys = [found for ids in named.ids.values() for found in ids] + [
        key for ref in named.refs for key in (ref, ref.upper())
    ]
    found = {cards[key]["id"]: cards[key] for key in keys if key in cards}
    found.pop(str(thread_id), None)
    return list(found.values())[:MOST_CARDS]


def _wanted(column_id: Any, column_ref: Any, named: Any, kind: str) -> Any:
    ids = {found for each in named for found in each.ids.get(kind, ())}
    refs = {key for each in named for ref in each.refs for key in (ref, ref.upper())}
    return or_(column_id.in_(ids), column_ref.in_(refs))


def _invoices(actor: Actor, named: Any) -> dict[Any, dict[str, Any]]:
    if not may(actor, "invoice.read"):
        return {}
    rows = db.session.scalars(
        select(Invoice)
        .join(Invoice.client)
        .options(contains_eager(Invoice.client), selectinload(Invoice.instalments))
        .where(
            _wanted(Invoice.id, Invoice.ref, named, "invoices"), Invoice.voided_at.is_(None), in_scope(actor)
        )
    )
    cards: dict[Any, dict[str, Any]] = {}
    for row in rows:
        card = {
            "kind": "invoice",
            "id": str(row.id),
            "url": f"/invoices/{row.id}",
            "title": row.ref,
            "detail": row.client.name,
            "amount": money(row.open, row.currency),
            "state": row.status(today()),
            "days_late": row.days_late(today()) if row.open else None,
        }
        cards[row.id] = cards[row.ref] = card
    return cards


def _clients(actor: Actor, named: Any) -> dict[Any, dict[str, Any]]:
    name = func.coalesce(Client.trade_name, Client.legal_name).label("name")
    rows = db.session.execute(
        select(Client.id, Client.ref, name, Client.city, Balance.outstanding, Balance.overdue)
        .outerjoin(Balance, Balance.client_id == Client.id)
        .where(and_(_wanted(Client.id, Client.ref, named, "clients"), in_scope(actor)))
    )
    cards: dict[Any, dict[str, Any]] = {}
    told = may(actor, "risk.read")
    for row in rows:
        card = {
            "kind": "client",
            "id": str(row.id),
            "url": f"/clients/{row.id}",
            "title": row.name,
            "detail": " · ".join(part for part in (row.ref, row.city) if part),
            "amount": money(row.outstanding or 0) if told else None,
            "state": "overdue" if told and row.overdue else None,
            "days_late": None,
        }
        cards[row.id] = cards[row.ref] = card
    return cards
