"""Who may read limits, guarantees and alerts, answer them, set limits, note guarantees.

Whose clients: `clients.policy`.
"""

from __future__ import annotations

from webapp.clients.policy import Placed, may_see
from webapp.risk.rules import within_authority
from webapp.users.actor import Actor
from webapp.users.policy import may


def may_read_limits(actor: Actor) -> bool:
    return may(actor, "limit.read")


def may_read_alerts(actor: Actor) -> bool:
    return may(actor, "alert.read")


def may_answer_alerts(actor: Actor) -> bool:
    return may(actor, "alert.read") and may(actor, "alert.acknowledge")


def may_hear_of(actor: Actor, client: Placed) -> bool:
    """Is this person entitled to an alert about this client? Asked again for each recipient."""
    return may_read_alerts(actor) and may_see(actor, client)


def may_set_limits(actor: Actor) -> bool:
    return may(actor, "limit.set")


def may_set_amount(actor: Actor, judged: int) -> bool:
    """Is an amount judged so high within this person's authority (DECISIONS, tiers)?"""
    return may_set_limits(actor) and within_authority(actor.role, judged)


def may_write_guarantees(actor: Actor) -> bool:
    return may(actor, "guarantee.write")
