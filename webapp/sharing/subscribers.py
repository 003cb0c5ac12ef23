"""What is said to a client leaves by mail, in the same transaction."""

from __future__ import annotations

from webapp.core.events import before_commit
from webapp.sharing import services
from webapp.threads.events import MessagesPosted
from webapp.threads.rules import CLIENT, subject_of


@before_commit(MessagesPosted)
def _on_messages(event: MessagesPosted) -> None:
    if subject_of(event.thread_id)[1] == CLIENT:
        services.tell_client(event.thread_id, event.message_ids)
