"""The home page: what to do now, whom to watch, what the clients owe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from webapp.home import lists
from webapp.home.queries import today
from webapp.invoices.queries import aging
from webapp.risk.queries import list_open_alerts
from webapp.threads.queries import list_conversations
from webapp.users.actor import Actor
from webapp.users.current import current_actor

__all__ = ["blueprint", "lists"]  # imported, they register themselves
blueprint = Blueprint("home", __name__)
MOST_TODO, MOST_WATCHED, CONVERSATIONS = 6, 3, 20
# What comes first: breaches, then who waits for an answer, warnings, large invoices, mere notices.
ALERT_RANKS, MENTION, INVOICE = {3: 5, 2: 3, 1: 1}, 4, 2


@dataclass(frozen=True)
class Todo:
    """Something that waits: `kind` is alert, mention or invoice, `rank` its gravity (5 is gravest)."""

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
    """Alerts, conversations that name the reader and large overdue invoices, gravest first."""
    todos = [
        Todo("alert", ALERT_RANKS[line.alert.severity], line)
        for line in list_open_alerts(actor, limit=MOST_TODO)
    ]
    conversations = list_conversations(actor, limit=CONVERSATIONS)["items"]
    todos += [Todo("mention", MENTION, each) for each in conversations if each["mentioned"]]
    todos += [Todo("invoice", INVOICE, invoice) for invoice in today.list_large_overdue(actor)]
    return sorted(todos, key=lambda todo: -todo.rank)
