"""Threads with messages, written through the real services."""

from __future__ import annotations

import uuid

from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.threads.models import Message
from webapp.threads.services import post_message
from webapp.users.actor import Actor


def say(
    actor: Actor,
    thread_id: uuid.UUID,
    body: str = "Bonjour",
    *,
    client_id: uuid.UUID | None = None,
    reply_to: uuid.UUID | None = None,
) -> Message:
    """`actor` writes `body` in the thread."""
    with unit_of_work():
        return post_message(actor, thread_id, client_id=client_id or new_id(), body=body, reply_to=reply_to)
