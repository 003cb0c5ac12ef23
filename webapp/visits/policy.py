"""Who may report on visits, and judge facts. Whose clients: `clients.policy`."""

from __future__ import annotations

from webapp.users.actor import Actor
from webapp.users.policy import may


def may_record(actor: Actor) -> bool:
    """Those who meet clients, and finance. A report has an author: the product itself writes none."""
    return actor.role != "system" and may(actor, "visit.record")


def sees_weight(actor: Actor) -> bool:
    """What a fact weighs is part of the score: for those who see the risk."""
    return may(actor, "risk.read")
