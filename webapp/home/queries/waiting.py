"""What waits for this person in particular, whoever asked it: tasks, losses and credit notes to decide. One
statement: the day is the page most often opened."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, String, cast, func, literal, null, or_, select, union_all

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.policy import may_answer
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.limit_requests.models import Delegation, LimitRequest
from webapp.limit_requests.queries.delegations import in_force
from webapp.limit_requests.rules import OPEN, TIERS
from webapp.payments.models import WriteOff
from webapp.tasks.models import Task
from webapp.users.actor import Actor
from webapp.users.models import Membership, User
from webapp.users.policy import may

MOST_TASKS, MOST_DECISIONS = 6, 3
_NAME = func.coalesce(Client.trade_name, Client.legal_name)


@dataclass(frozen=True)
class Waiting:
    """`task`, `tasks` (how many come after today, as `amount`), `loss`, `credit` or `limit`.
    `title` is what is to be done, the invoice's reference, or who asks."""

    kind: str
    id: uuid.UUID
    title: str
    client: str
    due_on: date | None
    amount: int | None
    currency: str | None

    @property
    def days_late(self) -> int:
        return max((today() - self.due_on).days, 0) if self.due_on else 0


def list_waiting_for(actor: Actor) -> list[Waiting]:
    """The late and due tasks of this person first, then what they may decide."""
    parts = [_due_tasks(actor), _coming_tasks(actor)]
    if may(actor, "write_off.decide"):
        parts.append(_losses(actor))
    if may_answer(actor):
        parts.append(_credits(actor))
    if may(actor, "limit.approve") and actor.role in TIERS:
        parts.append(_limits(actor))
    rows = db.session.execute(union_all(*(select(part.subquery()) for part in parts)))
    found = [Waiting(*tuple(row)) for row in rows if row.kind != "tasks" or row.amount]
    return sorted(found, key=lambda each: (each.due_on is None, each.due_on or date.max))


def _columns(kind: str, key: Any, title: Any, client: Any, **facts: Any) -> Any:
    """The columns each kind has, typed so that PostgreSQL can stack them."""
    return select(
        cast(literal(kind), String(6)).label("kind"),
        key.label("id"),
        cast(title, String(300)).label("title"),
        cast(client, String(200)).label("client"),
        facts.get("due_on", cast(null(), Date())).label("due_on"),  # SQLite casts a day to its year
        cast(facts.get("amount", null()), BigInteger()).label("amount"),
        cast(facts.get("currency", null()), String(3)).label("currency"),
    )


def _mine(actor: Actor) -> Any:
    return (Task.owner_id == actor.user_id) & Task.done_at.is_(None)


def _due_tasks(actor: Actor) -> Any:
    line = _columns("task", Task.id, Task.text, _NAME, due_on=Task.due_on)
    line = line.join(Client, Client.id == Task.client_id).where(_mine(actor), in_scope(actor))
    return line.where(Task.due_on <= today()).order_by(Task.due_on, Task.id).limit(MOST_TASKS)


def _coming_tasks(actor: Actor) -> Any:
    line = _columns("tasks", literal(actor.user_id), literal(""), literal(""), amount=func.count(Task.id))
    line = line.select_from(Task).join(Client, Client.id == Task.client_id)
    return line.where(_mine(actor), in_scope(actor), Task.due_on > today())


def _losses(actor: Actor) -> Any:
    amount = {"amount": WriteOff.amount, "currency": Invoice.currency}
    line = _columns("loss", WriteOff.id, Invoice.ref, _NAME, **amount)
    line = line.join(Invoice, Invoice.id == WriteOff.invoice_id).join(Client, Client.id == WriteOff.client_id)
    asked = (WriteOff.state == "asked", WriteOff.requested_by.is_distinct_from(actor.user_id))
    return line.where(in_scope(actor), *asked).order_by(WriteOff.requested_at.desc()).limit(MOST_DECISIONS)


def _credits(actor: Actor) -> Any:
    amount = {"amount": CreditRequest.amount, "currency": Invoice.currency}
    line = _columns("credit", CreditRequest.id, Invoice.ref, _NAME, **amount)
    line = line.join(Invoice, Invoice.id == CreditRequest.invoice_id)
    line = line.join(Client, Client.id == CreditRequest.client_id)
    asked = CreditRequest.state == "asked"
    return line.where(in_scope(actor), asked).order_by(CreditRequest.asked_at.desc()).limit(MOST_DECISIONS)


def _limits(actor: Actor) -> Any:
    """Limit requests that wait for this role, or that of somebody in whose place one decides, but for one's
    own."""
    amount = {"amount": LimitRequest.amount, "currency": LimitRequest.currency}
    line = _columns("limit", LimitRequest.id, User.name, _NAME, **amount)
    line = line.join(Client, Client.id == LimitRequest.client_id).join(User, User.id == LimitRequest.asked_by)
    theirs = select(Membership.role).join(Delegation, Delegation.from_id == Membership.user_id)
    theirs = theirs.where(Delegation.to_id == actor.user_id, in_force(today()), Membership.ends_on.is_(None))
    waits = or_(LimitRequest.stage == actor.role, LimitRequest.stage.in_(theirs))
    asked = (LimitRequest.state == OPEN, waits)
    parts = (LimitRequest.asked_by, LimitRequest.first_by, LimitRequest.first_for)
    others = [each.is_distinct_from(actor.user_id) for each in parts]
    line = line.where(in_scope(actor), *asked, *others)
    return line.order_by(LimitRequest.asked_at.desc()).limit(MOST_DECISIONS)
