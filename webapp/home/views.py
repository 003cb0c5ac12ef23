"""The home page: what to do now, whom to watch, what the clients owe; and whether something may be sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from webapp.core.errors import NotFound
from webapp.core.money import MAX_AMOUNT, BadAmount
from webapp.core.pages import locale_name, written_amount
from webapp.home import lists
from webapp.home.queries import today
from webapp.home.queries.accounts import get_account
from webapp.home.queries.selling import Check, check_credit
from webapp.home.queries.waiting import Waiting, list_waiting_for
from webapp.home.words import say_reason
from webapp.invoices.queries import aging
from webapp.payments.queries import count_to_match
from webapp.risk.policy import may_read_limits
from webapp.risk.queries import list_open_alerts
from webapp.threads.queries import list_conversations
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

__all__ = ["blueprint", "lists"]  # imported, they register themselves
blueprint = Blueprint("home", __name__)
WHOLE = 10_000  # hundreds of the currency, in cents
MOST_WAITING, MOST_WATCHED, CONVERSATIONS = 6, 3, 20
# What comes first: breaches, then who waits for an answer, warnings, large invoices, mere notices.
ALERT_RANKS, MENTION, INVOICE, PAYMENTS = {3: 5, 2: 3, 1: 1}, 4, 2, 2
RANKS, LATE_TASK = {"task": 3, "loss": 3, "credit": 3, "limit": 4, "tasks": 0}, 4


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


@blueprint.get("/clients/<uuid:client_id>/sell")
def sell(client_id: UUID) -> str | tuple[str, int]:
    """May so much be sold on credit now? The question, and the answer to the amount in the address."""
    actor = current_actor()
    if not may_read_limits(actor):
        raise NotFound()
    written, check, error = request.args.get("amount", "").strip(), None, None
    try:
        check = check_credit(actor, client_id, _sold(written)) if written else None
    except BadAmount:
        error = _("Indiquez un montant, par exemple 12 000.")
    account = check.account if check else get_account(actor, client_id)
    page = render_template(
        "home/sell.html", account=account, client=account.client, written=written, error=error, **_said(check)
    )
    return (page, 422) if error else page


def _sold(written: str) -> int:
    """Cents of an amount somebody wrote. Raises BadAmount, also for nothing and for more than there is."""
    amount = written_amount(written)
    if not 0 < amount <= MAX_AMOUNT:
        raise BadAmount(written)
    return amount


def _said(check: Check | None) -> dict[str, Any]:
    """The check for its template, its reasons in words."""
    if check is None:
        return {"check": None}
    wanted = check.account.exposure + check.amount
    return {
        "check": check,
        "reasons": [say_reason(each, "EUR", locale_name()) for each in check.verdict.reasons],
        "wanted": -(-wanted // WHOLE) * WHOLE,  # a limit that would do, rounded up
    }
