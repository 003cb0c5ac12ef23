"""Who may ask for a credit note, and who answers. Whose clients: `clients.policy`."""

from __future__ import annotations

from webapp.users.actor import Actor
from webapp.users.policy import may


def may_ask(actor: Actor) -> bool:
    return may(actor, "credit_request.ask")


def may_answer(actor: Actor) -> bool:
    return may(actor, "credit_request.answer")
