"""Who may read and write a thread: the role's right, and the client in scope."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from webapp.clients.policy import Placed, may_see
from webapp.threads.rules import CLIENT
from webapp.users.actor import Actor
from webapp.users.policy import may


class Addressed(Placed, Protocol):
    """What a thread is about, whose client it concerns, whether that client reads it, and the right that
    reading it takes besides."""

    id: UUID
    client_id: UUID
    audience: str
    right: str | None


def may_read(actor: Actor, subject: Addressed) -> bool:
    """Pages, API, sockets, broadcast and the client's own page all ask here."""
    if subject.right is not None and (subject.audience == CLIENT or not may(actor, subject.right)):
        return False
    if actor.grant is not None:
        given = actor.grant
        mine = given.client_id == subject.client_id and given.subject_id in (None, subject.id)
        return subject.audience == CLIENT and mine
    return actor.role == "system" or (may(actor, "thread.read") and may_see(actor, subject))


def may_write(actor: Actor, subject: Addressed) -> bool:
    """Whoever may read may answer, when the role carries the right; a guest answers what they read."""
    if not may_read(actor, subject):
        return False
    right = "thread.write_client" if subject.audience == CLIENT else "thread.write"
    return actor.role == "system" or actor.grant is not None or may(actor, right)


def may_write_to_client(actor: Actor, subject: Placed) -> bool:
    """Does the composer offer to write to the client about this?"""
    return may(actor, "thread.write_client") and may_see(actor, subject)
