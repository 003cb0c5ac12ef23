"""Who may read and write a thread: the role's right, and the client in scope."""

from __future__ import annotations

from webapp.clients.policy import Placed, may_see
from webapp.users.actor import Actor
from webapp.users.policy import may


def may_read(actor: Actor, subject: Placed) -> bool:
    """Pages, API, sockets and broadcast all ask here."""
    return actor.role == "system" or (may(actor, "thread.read") and may_see(actor, subject))


def may_write(actor: Actor, subject: Placed) -> bool:
    """Whoever may read may answer, when the role carries the right."""
    return may_read(actor, subject) and (actor.role == "system" or may(actor, "thread.write"))
