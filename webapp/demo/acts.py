"""What the demo's conversations came to: promises, tasks, requests for a credit note, as cards that end
them; and promises of the past, judged from the payments of the books."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.services import Draft as CreditDraft
from webapp.credit_requests.services import ask_credit
from webapp.demo.books import Document
from webapp.demo.talk import Conversation
from webapp.demo.writing import at
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.promises.models import Promise
from webapp.promises.services import Draft, judge, take_promise
from webapp.tasks.models import Task
from webapp.tasks.services import Draft as TaskDraft
from webapp.tasks.services import add_task
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.users.actor import Actor
from webapp.users.queries import list_actors

KINDS = ("promise", "task", "credit")  # in turn, as conversations come
DATED = {"promise": Promise.taken_at, "task": Task.created_at, "credit": CreditRequest.asked_at}
TO_DO = (
    "Rappeler le client et obtenir une date",
    "Envoyer le bon de livraison signé",
    "Vérifier la remise avec le service commercial",
)
WHY = ("Deux lignes livrées en moins", "Remise de fin d’année oubliée", "Marchandise abîmée à l’arrivée")
MOST_PAST = 60
EVERY = 3  # one conversation in so many


def write_acts(
    rng: random.Random,
    talk: Sequence[Conversation],
    talked_of: Sequence[tuple[uuid.UUID, Document]],
    people: dict[str, uuid.UUID],
    day: date,
) -> int:
    """End a third of the conversations about open documents with an act; how many acts there are."""
    actors = {actor.user_id: actor for actor in list_actors(people.values())}
    ids = [talked_of[each.subject][0] for each in talk]
    found = db.session.scalars(select(Invoice).where(Invoice.id.in_(ids), Invoice.open > 0))
    invoices = {invoice.id: invoice for invoice in found}
    written = select(Thread.id, Thread.last_message_at).where(Thread.id.in_(invoices))
    last_at = dict(db.session.execute(written).tuples().all())
    about = [each for each in talk if each.posts and talked_of[each.subject][0] in last_at]
    ends = sorted(about[::EVERY], key=lambda each: each.posts[-1].at)
    for number, conversation in enumerate(ends):
        invoice = invoices[talked_of[conversation.subject][0]]
        after = max(conversation.posts[-1].at, last_at[invoice.id] or conversation.posts[-1].at)
        instant = min(after + timedelta(minutes=rng.randint(4, 40)), now())
        author = actors[people[conversation.posts[-1].author]]
        if author.role != "admin":
            _end(rng, KINDS[number % len(KINDS)], author, invoice, instant, day)
    past = _write_past(rng, talked_of)
    judge(db.session.scalars(select(Promise.client_id).distinct()).all())
    return len(ends) + past


def _end(
    rng: random.Random,
    kind: str,
    author: Actor,
    invoice: Invoice,
    instant: datetime,
    day: date,
) -> None:
    """The act through its service, then set back to its hour; a promise's day with it."""
    if kind == "promise":
        act_id = take_promise(author, Draft(invoice.id, Money(invoice.open), day)).id
        promised_on = instant.date() + timedelta(days=rng.randint(3, 12))
        if promised_on.weekday() > 4:  # nobody promises a Sunday
            promised_on += timedelta(days=7 - promised_on.weekday())
        db.session.execute(update(Promise).where(Promise.id == act_id).values(promised_on=promised_on))
    elif kind == "task":
        due_on = day + timedelta(days=rng.randint(0, 6))
        act_id = add_task(author, TaskDraft(invoice.id, rng.choice(TO_DO), author.user_id, due_on)).id
    else:
        share = Money(max(invoice.gross * rng.randint(5, 20) // 100, 1))
        act_id = ask_credit(author, CreditDraft(invoice.id, share, rng.choice(WHY))).id
    column = DATED[kind]
    db.session.execute(update(column.class_).where(column.class_.id == act_id).values({column.key: instant}))
    db.session.execute(update(Message).where(Message.act_id == act_id).values(created_at=instant))
    db.session.execute(update(Thread).where(Thread.id == invoice.id).values(last_message_at=instant))
    # Who had read what stands above has read this too.
    last = select(Thread.last_seq).where(Thread.id == invoice.id).scalar_subquery()
    caught_up = (ThreadMember.thread_id == invoice.id) & (ThreadMember.last_read_seq == last - 1)
    db.session.execute(
        update(ThreadMember)
        .where(caught_up)
        .values(last_read_seq=ThreadMember.last_read_seq + 1)
        .execution_options(synchronize_session=False)
    )


def _write_past(rng: random.Random, talked_of: Sequence[tuple[uuid.UUID, Document]]) -> int:
    """Promises about documents that were paid since: most were kept, some by money that came too late."""
    settled = [
        (key, each) for key, each in talked_of if each.kind == "invoice" and each.paid and not each.open
    ]
    chosen = rng.sample(settled, min(MOST_PAST, len(settled)))
    rows = db.session.execute(
        select(Invoice.id, Client.id, Client.sales_rep_id)
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.id.in_([key for key, _document in chosen]))
    )
    owners = {invoice_id: (client_id, rep_id) for invoice_id, client_id, rep_id in rows}
    for document_id, document in chosen:
        paid_on = document.paid[-1][2]
        client_id, taker = owners[document_id]
        db.session.add(
            Promise(
                id=new_id(),
                client_id=client_id,
                invoice_id=document_id,
                thread_id=document_id,
                amount=document.paid[-1][1],
                promised_on=paid_on + timedelta(days=rng.choice((0, 0, 1, 2, 2, 3, -2, -4))),
                taken_by=taker,
                taken_at=at(paid_on - timedelta(days=rng.randint(5, 9)), 9, rng.randrange(60)),
            )
        )
    db.session.flush()
    return len(chosen)
