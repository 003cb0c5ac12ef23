"""Clients with what a device keeps of them: six queries a page, however many clients it has."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select

from webapp.clients.models import Contact
from webapp.core.clock import today
from webapp.extensions import db
from webapp.home.queries.accounts import Account, Choice, list_accounts, position_of, read_position
from webapp.invoices import rules as invoice_rules
from webapp.invoices.models import Instalment, Invoice
from webapp.portfolio import rules
from webapp.threads.models import Message
from webapp.threads.rules import client_thread_of, subject_of
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.users.queries import company
from webapp.visits.queries import FactLine, list_seen_of

__all__ = ["Things", "is_on", "list_clients", "position_of", "read_things"]
_MESSAGES_OF_A_THREAD = 3


@dataclass(frozen=True)
class OpenInvoice:
    """A document with something left of it, and by how many days its oldest open part is late."""

    id: uuid.UUID
    ref: str
    kind: str
    issued_on: Any
    due_on: Any
    gross: int
    open: int
    currency: str
    late: int


@dataclass(frozen=True)
class Said:
    """A message, who wrote it, about which invoice, and who reads it."""

    client_id: uuid.UUID
    invoice_id: uuid.UUID | None
    audience: str
    author: str | None
    body: str
    created_at: datetime


@dataclass(frozen=True)
class Things:
    """What belongs to the clients of a page, by client."""

    invoices: dict[uuid.UUID, list[OpenInvoice]]
    contacts: dict[uuid.UUID, list[Contact]]
    facts: dict[uuid.UUID, list[FactLine]]
    messages: dict[uuid.UUID, list[Said]]


def is_on() -> bool:
    """Does the company let devices keep clients? One query."""
    return rules.is_on(company().settings)


def list_clients(actor: Actor, *, limit: int, cursor: str | None) -> list[Account]:
    """The actor's clients, those that matter most first; `limit + 1`. Raises Invalid."""
    return list_accounts(actor, Choice(), limit=limit, after=read_position(cursor, "urgency"))


def read_things(actor: Actor, client_ids: Sequence[uuid.UUID]) -> Things:
    """What belongs to clients already known to be in scope. Four queries."""
    invoices = rules.by_client(_open_invoices(client_ids), rules.MOST_INVOICES)
    facts = [(line.fact.client_id, line) for line in list_seen_of(actor, client_ids)]
    return Things(
        invoices,
        rules.by_client(_contacts(client_ids), rules.MOST_CONTACTS),
        rules.by_client(facts, rules.MOST_FACTS),
        _last_said(client_ids, {each.id: client for client, found in invoices.items() for each in found}),
    )


def _ranked(by: Any, *order: Any) -> Any:
    return func.row_number().over(partition_by=by, order_by=order).label("rank")


def _open_invoices(client_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, OpenInvoice]]:
    """The oldest open documents of each client."""
    oldest = (
        select(func.min(Instalment.due_on))
        .where(Instalment.invoice_id == Invoice.id, Instalment.open > 0)
        .scalar_subquery()
    )
    names = ("id", "ref", "kind", "issued_on", "due_on", "gross", "open", "currency")
    ranked = (
        select(
            Invoice.client_id,
            *(getattr(Invoice, name) for name in names),
            oldest.label("oldest"),
            _ranked(Invoice.client_id, Invoice.due_on, Invoice.id),
        )
        .where(Invoice.client_id.in_(client_ids), Invoice.open > 0, Invoice.voided_at.is_(None))
        .subquery()
    )
    query = select(ranked).where(ranked.c.rank <= rules.MOST_INVOICES)
    rows = db.session.execute(query.order_by(ranked.c.client_id, ranked.c.rank)).mappings()
    return [
        (row["client_id"], OpenInvoice(**{name: row[name] for name in names}, late=_late(row)))
        for row in rows
    ]


def _late(row: Any) -> int:
    days = (today() - (row["oldest"] or row["due_on"])).days
    return max(days, 0) if invoice_rules.SIGN[row["kind"]] > 0 else 0


def _contacts(client_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, Contact]]:
    order = (Contact.client_id, Contact.preferred.desc(), Contact.name, Contact.id)
    query = select(Contact).where(Contact.client_id.in_(client_ids)).order_by(*order)
    return [(each.client_id, each) for each in db.session.scalars(query)]


def _last_said(
    client_ids: Sequence[uuid.UUID], invoices: dict[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, list[Said]]:
    """The latest messages about each client and the invoices a device keeps, the last first."""
    about = {client_id: client_id for client_id in client_ids} | invoices
    threads = [*about, *(client_thread_of(each) for each in about)]
    ranked = (
        select(Message.id, _ranked(Message.thread_id, Message.seq.desc()))
        .where(
            Message.thread_id.in_(threads),
            Message.deleted_at.is_(None),
            Message.kind.in_(("text", "client")),
        )
        .subquery()
    )
    query = (
        select(Message, User.name)
        .join(ranked, ranked.c.id == Message.id)
        .outerjoin(User, User.id == Message.author_id)
        .where(ranked.c.rank <= _MESSAGES_OF_A_THREAD)
    )
    said: list[Said] = []
    for message, name in db.session.execute(query).tuples():
        subject, audience = subject_of(message.thread_id)
        invoice = subject if subject in invoices else None
        author = message.guest_name or name
        said.append(Said(about[subject], invoice, audience, author, message.body, message.created_at))
    said.sort(key=attrgetter("created_at"), reverse=True)
    said.sort(key=attrgetter("client_id"))
    return rules.by_client([(each.client_id, each) for each in said], rules.MOST_MESSAGES)
