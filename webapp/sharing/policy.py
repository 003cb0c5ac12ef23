"""Who opens a client's exchanges to people outside: those who write to the client."""

from __future__ import annotations

from webapp.clients.policy import Placed, may_see
from webapp.users.actor import Actor
from webapp.users.policy import may


def may_share(actor: Actor, client: Placed) -> bool:
    return may(actor, "thread.write_client") and may_see(actor, client)
