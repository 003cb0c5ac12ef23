"""Loading the demo: generators above, tables below, in one transaction.

First what stands (people, clients, books, limits), then the alerts that risk raises from it and
what people answer and say, through the real services; last the clock is set back.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter

from sqlalchemy import select

from webapp.core import events
from webapp.core.bulk import analyze
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.demo import disputing, exchanges, inbox, posting, writing
from webapp.demo.acts import write_acts
from webapp.demo.bookkeeping import write_books
from webapp.demo.books import Document, stream_books
from webapp.demo.commerce import write_commerce
from webapp.demo.companies import Company, make_companies
from webapp.demo.limits import Limit, make_guarantees, make_limits
from webapp.demo.people import Person, make_people, reps
from webapp.demo.sheet_writing import write_sheets
from webapp.demo.sheets import make_sheets
from webapp.demo.talk import Conversation, make_talk
from webapp.demo.visiting import write_visits
from webapp.extensions import db
from webapp.home.services import refresh_lines
from webapp.invoices.models import Balance
from webapp.risk.services import evaluate_clients
from webapp.users import audit
from webapp.users.actor import system_actor

Say = Callable[[str], None]
CLIENTS, INVOICES, SEED = 400, 12_000, 12


@dataclass(frozen=True)
class Loaded:
    """What one loading wrote."""

    clients: int
    documents: int
    payments: int
    limits: int
    alerts: int
    threads: int
    messages: int
    disputes: int


@dataclass
class _World:
    """What the generators made and the ids it got."""

    day: date
    people: list[Person]
    companies: list[Company]
    limits: list[Limit]
    user_ids: dict[str, uuid.UUID]
    client_ids: list[uuid.UUID]
    documents: int
    payments: int
    talked_of: list[tuple[uuid.UUID, Document]]  # the documents people may talk about


def load(clients: int = CLIENTS, invoices: int = INVOICES, seed: int = SEED, say: Say = print) -> Loaded:
    """Add a demo company of that size. The same seed on the same day writes the same company.

    Loaded into a database that holds one already, it adds clients with the next numbers. Sends
    nothing: no push, no job, no news to open browsers. All or nothing.
    """
    clock = perf_counter()

    def tell(text: str) -> None:
        say(f"{perf_counter() - clock:6.1f} s  {text}")

    rng = random.Random(f"{seed}:{clients}:{invoices}")  # nosec B311 # a made-up company, repeatable
    with unit_of_work():
        world = _write_standing(rng, clients, invoices, tell)
        evaluate_clients(world.client_ids)
        refresh_lines(world.client_ids)
        alerts = posting.answer_alerts(rng, world.client_ids, world.user_ids, world.day)
        tell(f"{len(alerts)} alerts, some acknowledged")
        talk = _talk(rng, world)
        ids = [document_id for document_id, _document in world.talked_of]
        posted = posting.post(rng, talk, ids, world.user_ids)
        tell(f"{len(talk)} threads, {sum(map(len, posted))} messages")
        inbox.tell(alerts, [message_id for ids in posted for message_id in ids])
        hours = posting.set_back(rng, posted, talk, world.user_ids, world.day)
        apart = random.Random(f"exchanges:{seed}")  # nosec B311 # the rest stays as it was
        said = exchanges.write(apart, talk, ids, world.user_ids)
        inbox.set_back(alerts, hours, world.day)
        disputed = disputing.dispute(rng, talk, ids, world.user_ids, world.day)
        tell(f"{disputed} disputes")
        ends = random.Random(f"acts:{seed}")  # nosec B311 # the rest stays as it was
        acts = write_acts(ends, talk, world.talked_of, world.user_ids, world.day)
        tell(f"{acts} promises, tasks and requests")
        # Everything that events would cause is written above; telling browsers would be noise.
        events.forget()
        analyze()
    tell("the past is dated and marked as read")
    return Loaded(
        clients=len(world.companies),
        documents=world.documents,
        payments=world.payments,
        limits=len(world.limits),
        alerts=len(alerts),
        disputes=disputed,
        threads=len(talk) + len(said),
        messages=sum(map(len, posted)) + sum(map(len, said)),
    )


def _write_standing(rng: random.Random, clients: int, invoices: int, tell: Say) -> _World:
    day, actor = today(), system_actor(via="cli")
    people = make_people()
    branches = writing.write_company(actor)
    user_ids = writing.write_people(actor, people, branches)
    tell(f"{len(people)} people in {len(branches)} branches")
    first = writing.last_client_number() + 1
    if first > 1:
        rng.seed(f"{first}:{rng.random()}")
    companies = make_companies(rng, clients, reps(people), first)
    papers = random.Random(f"sheets:{rng.getstate()[1][0]}")  # nosec B311 # the rest stays as it was
    sheets = make_sheets(papers, companies, day)
    client_ids = writing.write_clients(
        companies, [sheet.identity for sheet in sheets], branches, user_ids, day
    )
    write_sheets(sheets, companies, client_ids, user_ids, day)
    tell(f"{len(companies)} clients")
    documents, payments, talked_of = _write_books(rng, companies, client_ids, invoices, day, tell)
    orders = write_commerce(random.Random(first), actor, client_ids, user_ids, day)  # nosec B311 # made up
    tell(f"{orders} quotes and orders")
    out, late = _standing(client_ids, day)
    limits = make_limits(rng, companies, out, late, day, reps(people)[0].email)
    writing.write_limits(limits, client_ids, user_ids)
    writing.write_guarantees(make_guarantees(limits, day), client_ids, user_ids)
    tell(f"{len(limits)} limits")
    trips = random.Random(f"visits:{first}")  # nosec B311 # the rest stays as it was
    tell(f"{write_visits(trips, client_ids, day)} visits")
    audit.write(actor, "demo.load", "company", 1, clients=len(companies), documents=documents)
    return _World(day, people, companies, limits, user_ids, client_ids, documents, payments, talked_of)


def _write_books(
    rng: random.Random,
    companies: Sequence[Company],
    client_ids: Sequence[uuid.UUID],
    count: int,
    day: date,
    tell: Say,
) -> tuple[int, int, list[tuple[uuid.UUID, Document]]]:
    """How many documents and payments were written, and the documents of the first slice."""
    numbers = writing.last_numbers((day.year - 2, day.year - 1, day.year))
    documents = payments = 0
    first: list[tuple[uuid.UUID, Document]] = []
    for books in stream_books(rng, companies, count, day, numbers):
        ids = write_books(books, companies, client_ids)
        documents += len(ids)
        payments += len(books.receipts)
        first = first or list(zip(ids, books.documents, strict=True))
        tell(f"{documents} documents, {payments} payments")
    return documents, payments, first


def _standing(client_ids: Sequence[uuid.UUID], day: date) -> tuple[list[int], list[int]]:
    """The exposure of each client, and how many days late its oldest item is."""
    kept = {
        row.client_id: row
        for row in db.session.execute(select(Balance.client_id, Balance.exposure, Balance.overdue_since))
    }
    rows = [kept[client_id] for client_id in client_ids]
    late = [(day - row.overdue_since).days if row.overdue_since else 0 for row in rows]
    return [row.exposure for row in rows], late


def _talk(rng: random.Random, world: _World) -> list[Conversation]:
    """A conversation for about one client in seven, sixty at most: people read them."""
    owed, _late = _standing(world.client_ids, world.day)
    breached = {limit.owner for limit in world.limits if owed[limit.owner] > limit.amount}
    count = min(max(len(world.companies) * 15 // 100, 1), 60)
    documents = [document for _document_id, document in world.talked_of]
    return make_talk(rng, documents, world.companies, world.people, breached, count, world.day)
