"""The home page: what to do now, whom to watch, what the clients owe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from webapp.home import lists
from webapp.home.queries import today
from webapp.home.queries.waiting import Waiting, list_waiting_for
from webapp.invoices.queries import aging
from webapp.payments.queries import count_to_match
from webapp.risk.queries import list_open_alerts
from webapp.threads.queries import list_conversations
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

__all__ = ["blueprint", "lists"]  # imported, they register themselves
blueprint = Blueprint("home", __name__)
MOST_WAITING, MOST_WATCHED, CONVERSATIONS = 6, 3, 20
# What comes first: breaches, then who waits for an answer, warnings, large invoices, mere notices.
ALERT_RANKS, MENTION, INVOICE, PAYMENTS = {3: 5, 2: 3, 1: 1}, 4, 2, 2
RANKS, LATE_TASK = {"task": 3, "loss": 3, "credit": 3, "tasks": 0}, 4


@dataclass(frozen=True)
class Todo:
    """Something that waits: an alert, a mention, a task, a loss or a credit note to decide, payments to match
    or an invoice; `rank` is its gravity, at most 5."""

    kind: str
    rank: int
    about: Any


@blueprint.get("/")
def index() -> str:
    """Today, for the person who asks."""
    actor = current_actor()
    waiting = list_waiting(actor)
    return render_template(
        "home/index.html",
        waiting=waiting[:MOST_WAITING],
        more=len(waiting) > MOST_WAITING,
        watched=today.list_worsened(actor, limit=MOST_WATCHED),
        totals=today.totals(actor),
        aging=aging(actor),
    )


def list_waiting(actor: Actor) -> list[Todo]:
    """Alerts, conversations that name the reader, tasks, losses and credit notes to decide, payments to
    match, large overdue invoices, gravest first."""
    todos = [
        Todo("alert", ALERT_RANKS[line.alert.severity], line)
        for line in list_open_alerts(actor, limit=MOST_WAITING)
    ]
    conversations = list_conversations(actor, limit=CONVERSATIONS)["items"]
    todos += [Todo("mention", MENTION, each) for each in conversations if each["mentioned"]]
    todos += [Todo(each.kind, _rank(each), each) for each in list_waiting_for(actor)]
    number, value = count_to_match(actor) if may(actor, "payment.write") else (0, 0)
    todos += [Todo("payments", PAYMENTS, (number, value))] if number else []
    todos += [Todo("invoice", INVOICE, invoice) for invoice in today.list_large_overdue(actor)]
    return sorted(todos, key=lambda todo: -todo.rank)


def _rank(waiting: Waiting) -> int:
    return LATE_TASK if waiting.days_late else RANKS[waiting.kind]
