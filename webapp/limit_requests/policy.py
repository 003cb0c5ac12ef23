"""Who asks for a limit, who reads requests, who decides. Whose clients: `clients.policy`."""

from __future__ import annotations

import uuid
from typing import Protocol

from webapp.clients.policy import Placed, may_see
from webapp.limit_requests import rules
from webapp.risk.policy import may_read_limits
from webapp.users.actor import Actor
from webapp.users.policy import may


class Asked(Protocol):
    """A request, as far as rights are about it."""

    @property
    def state(self) -> str: ...
    @property
    def asked_by(self) -> uuid.UUID: ...
    @property
    def first_by(self) -> uuid.UUID | None: ...
    @property
    def first_for(self) -> uuid.UUID | None: ...


def may_ask(actor: Actor) -> bool:
    return may(actor, "limit.ask")


def may_read(actor: Actor, client: Placed) -> bool:
    """Those who see the client's limit."""
    return may_read_limits(actor) and may_see(actor, client)


def may_decide(actor: Actor, request: Asked) -> bool:
    """Is there a decision this person may take? How high it may be is asked with `has_authority`."""
    return (
        may(actor, "limit.approve")
        and request.state == rules.OPEN
        and actor.user_id not in (request.asked_by, request.first_by, request.first_for)
    )


def has_authority(actor: Actor, judged: int) -> bool:
    """May this person's role decide so much (DECISIONS, tiers)?"""
    return may(actor, "limit.approve") and rules.is_within(actor.role, judged)


def may_hear_of(actor: Actor, client: Placed, stage: str) -> bool:
    """Is this one of those a request waits for?"""
    return actor.role == stage and may(actor, "limit.approve") and may_read(actor, client)
