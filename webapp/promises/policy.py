"""Who may note a promise, and take it back. Whose clients: `clients.policy`."""

from __future__ import annotations

from webapp.users.actor import Actor
from webapp.users.policy import may


def may_take(actor: Actor) -> bool:
    return may(actor, "promise.take")
