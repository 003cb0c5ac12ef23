"""Who may open, read and decide disputes. Whose clients they are: `clients.policy`."""

from __future__ import annotations

import uuid
from typing import Protocol

from webapp.clients.policy import Placed, may_see
from webapp.users.actor import Actor
from webapp.users.policy import may


class Handled(Protocol):
    """What is asked of a dispute: who opened it, whose it is to resolve."""

    opened_by: uuid.UUID | None
    resolver_id: uuid.UUID | None


def may_read(actor: Actor, client: Placed) -> bool:
    """Whoever reads the team's thread of the invoice reads its disputes. Asked again for each live event."""
    return may(actor, "dispute.read") and may_see(actor, client)


def may_open(actor: Actor) -> bool:
    return may(actor, "dispute.open")


def may_resolve(actor: Actor, client: Placed) -> bool:
    """Could this person be given a dispute about this client?"""
    return may_open(actor) and may_see(actor, client)


def may_decide(actor: Actor, dispute: Handled) -> bool:
    """The resolver, branch managers and finance propose, wait, hand over and reject (of clients in scope)."""
    return may(actor, "dispute.decide") or (
        may_open(actor) and dispute.resolver_id is not None and dispute.resolver_id == actor.user_id
    )


def may_withdraw(actor: Actor, dispute: Handled) -> bool:
    """Those who decide, and who opened it."""
    opened = dispute.opened_by is not None and dispute.opened_by == actor.user_id
    return may_decide(actor, dispute) or (opened and may_open(actor))


def may_credit(actor: Actor) -> bool:
    """A credit note is an entry in the books: finance."""
    return may(actor, "invoice.write")


def next_act(actor: Actor, dispute: Handled, *, closed: bool, proposed: bool) -> str | None:
    """The one act a card offers this person: `credit`, `propose`, or None when only reading is left."""
    if closed:
        return None
    if may_credit(actor):
        return "credit"
    return "propose" if may_decide(actor, dispute) and not proposed else None
