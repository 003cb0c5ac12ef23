"""What the demo's clients contest: disputes that grew out of conversations, through the real services, at
every stage; then the clock is set back."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from webapp.core.clock import local, now
from webapp.demo.talk import Conversation
from webapp.disputes import rules, services
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.home.services import refresh_lines
from webapp.invoices.models import Invoice
from webapp.risk.services import evaluate_clients
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.users.actor import Actor
from webapp.users.queries import list_actors

# The storyline, and the reason it ends in.
REASONS = {
    "damaged": "quality",
    "short_delivery": "quantity",
    "delivery_note": "delivery",
    "price": "price",
    "order_number": "order_number",
}
SHARES = (15, 20, 30, 40)  # per cent of what is open
# How far they have got, in turn.
STAGES = ("open", "proposed", "examined", "credited", "waiting", "rejected", "open", "proposed")
MOST = 30
SINCE = timedelta(minutes=25)


@dataclass(frozen=True)
class _Made:
    """A dispute and when its thread was last written in before."""

    dispute: Dispute
    at: datetime
    seqs: int  # messages of the thread before it


def dispute(
    rng: random.Random,
    talk: Sequence[Conversation],
    document_ids: Sequence[uuid.UUID],
    people: dict[str, uuid.UUID],
    day: date,
) -> int:
    """Open and follow disputes in threads that tell of one; how many."""
    actors = {actor.user_id: actor for actor in list_actors(people.values())}
    books = next(actor for actor in actors.values() if actor.role == "accountant")
    told = [each for each in talk if each.story in REASONS]
    made: list[_Made] = []
    for number, conversation in enumerate(told[:MOST]):
        invoice = db.session.get_one(Invoice, document_ids[conversation.subject])
        first = conversation.posts[0]
        opener = actors[people[first.author]]
        if invoice.open < 20_000 or opener.role == "admin":
            continue
        share = None if number % 7 == 6 else invoice.open * rng.choice(SHARES) // 10_000 * 100
        row = services.open_dispute(
            opener, invoice.id, reason=REASONS[conversation.story], amount=share, text=first.body
        )
        made.append(_Made(row, conversation.posts[-1].at + SINCE, len(conversation.posts)))
        _follow(row, STAGES[number % len(STAGES)], actors, books, number)
    _set_back(made, day)
    clients = list({each.dispute.client_id for each in made})
    evaluate_clients(clients)
    refresh_lines(clients)
    return len(made)


def _follow(row: Dispute, stage: str, actors: dict[uuid.UUID, Actor], books: Actor, number: int) -> None:
    resolver = actors.get(row.resolver_id) if row.resolver_id else None
    if resolver is None or stage == "open":
        return
    if stage == "examined":
        services.wait_for(resolver, row.id, "waiting_us")
    elif stage == "waiting":
        services.wait_for(resolver, row.id, "waiting_client")
    elif stage == "rejected":
        services.reject(resolver, row.id, text="Vérifié : la facture est conforme à la commande.")
    else:
        text = "Vérifié, la réclamation est fondée."
        services.propose(resolver, row.id, text=text)
        if stage == "credited":
            services.credit(
                books, row.id, credit_ref=f"A-LIT-{row.id.hex[-6:].upper()}", text="Avoir établi."
            )


def _set_back(made: Sequence[_Made], day: date) -> None:
    """A dispute follows what was said; its lines follow it by hours, its end by days, all before today."""
    db.session.flush()
    for number, each in enumerate(made):
        row, opened_at = each.dispute, min(each.at, now() - timedelta(hours=3))
        opened_on = local(opened_at).date()
        delay = (row.due_on - day).days
        row.opened_at, row.due_on = opened_at, max(rules.due_on(opened_on, delay), opened_on)
        row.proposed_at = opened_at + timedelta(minutes=50) if row.proposed_at else None
        if row.closed_at is not None:
            row.closed_at = min(opened_at + timedelta(days=2 + number % 5), now() - timedelta(hours=1))
        elif number % 3:
            row.due_on = max(row.due_on, day + timedelta(days=1 + number % 6))
        row.escalation = rules.stage_of(row.due_on, day)
        _set_back_lines(row, each.seqs)
    db.session.flush()


def _set_back_lines(row: Dispute, before: int) -> None:
    query = select(Message.id, Message.kind).where(Message.thread_id == row.invoice_id, Message.seq > before)
    last = row.opened_at
    for message_id, kind in db.session.execute(query.order_by(Message.seq)).all():
        instant = row.opened_at if kind == "act" else max(last, row.closed_at or row.proposed_at or last)
        if kind != "act" and row.proposed_at and last == row.opened_at:
            instant = row.proposed_at
        db.session.execute(update(Message).where(Message.id == message_id).values(created_at=instant))
        last = instant
    db.session.execute(update(Thread).where(Thread.id == row.invoice_id).values(last_message_at=last))
    # Who had read what was said before has read this too.
    newest = select(Thread.last_seq).where(Thread.id == row.invoice_id).scalar_subquery()
    caught_up = (ThreadMember.thread_id == row.invoice_id) & (ThreadMember.last_read_seq >= before)
    read = update(ThreadMember).where(caught_up).values(last_read_seq=newest)
    db.session.execute(read.execution_options(synchronize_session=False))
