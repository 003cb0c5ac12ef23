"""The message that an act is made of."""

from __future__ import annotations

import uuid

from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.threads.models import Message
from webapp.threads.subjects import MISSING, find_subject
from webapp.users.actor import Actor


def find_in_thread(actor: Actor, thread_id: uuid.UUID, message_id: uuid.UUID | None) -> Message | None:
    """A message of this thread, when the actor may read it; None for any other."""
    message = db.session.get(Message, message_id) if message_id is not None else None
    if message is None or message.thread_id != thread_id or find_subject(actor, thread_id) is None:
        return None
    return message


def check_in_thread(actor: Actor, thread_id: uuid.UUID, message_id: uuid.UUID | None) -> None:
    """Raises NotFound when a message is named and is not one of this thread."""
    if message_id is not None and find_in_thread(actor, thread_id, message_id) is None:
        raise NotFound(MISSING)
