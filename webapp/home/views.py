"""The home page: what to do now, whom to watch, what the clients owe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from webapp.core.clock import today as day_today
from webapp.credit_requests.policy import may_answer
from webapp.credit_requests.queries import list_requests
from webapp.home import lists
from webapp.home.queries import today
from webapp.invoices.queries import aging
from webapp.payments.queries import count_to_match, list_write_offs
from webapp.risk.queries import list_open_alerts
from webapp.tasks.queries import list_tasks
from webapp.threads.queries import list_conversations
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

__all__ = ["blueprint", "lists"]  # imported, they register themselves
blueprint = Blueprint("home", __name__)
MOST_TODO, MOST_WATCHED, CONVERSATIONS = 6, 3, 20
# What comes first: breaches, then who waits for an answer, warnings, large invoices, mere notices.
ALERT_RANKS, MENTION, LOSS, INVOICE, PAYMENTS = {3: 5, 2: 3, 1: 1}, 4, 3, 2, 2
LATE_TASK, TASK, CREDIT, COMING = 4, 3, 3, 0
MOST_LOSSES = MOST_CREDITS = 3


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
        waiting=waiting[:MOST_TODO],
        more=len(waiting) > MOST_TODO,
        watched=today.list_worsened(actor, limit=MOST_WATCHED),
        totals=today.totals(actor),
        aging=aging(actor),
    )


def list_waiting(actor: Actor) -> list[Todo]:
    """Alerts, conversations that name the reader, tasks, losses and credit notes to decide, payments to
    match, large overdue invoices, gravest first."""
    todos = [
        Todo("alert", ALERT_RANKS[line.alert.severity], line)
        for line in list_open_alerts(actor, limit=MOST_TODO)
    ]
    conversations = list_conversations(actor, limit=CONVERSATIONS)["items"]
    todos += [Todo("mention", MENTION, each) for each in conversations if each["mentioned"]]
    todos += _tasks(actor)
    if may_answer(actor):
        asked_of_us = list_requests(actor, state="asked", limit=MOST_CREDITS)[:MOST_CREDITS]
        todos += [Todo("credit", CREDIT, line) for line in asked_of_us]
    if may(actor, "write_off.decide"):
        asked = list_write_offs(actor, limit=MOST_LOSSES, state="asked", others=True)
        todos += [Todo("loss", LOSS, row) for row in asked[:MOST_LOSSES]]
    number, value = count_to_match(actor) if may(actor, "payment.write") else (0, 0)
    todos += [Todo("payments", PAYMENTS, (number, value))] if number else []
    todos += [Todo("invoice", INVOICE, invoice) for invoice in today.list_large_overdue(actor)]
    return sorted(todos, key=lambda todo: -todo.rank)


def _tasks(actor: Actor) -> list[Todo]:
    """One's own, the latest first: those due by today each, and how many come after."""
    lines = list_tasks(actor, mine=True, limit=MOST_TODO)
    due = [line for line in lines if line.task.due_on <= day_today()]
    todos = [Todo("task", LATE_TASK if line.overdue else TASK, line) for line in due]
    return todos + ([Todo("tasks", COMING, len(lines) - len(due))] if len(lines) > len(due) else [])
