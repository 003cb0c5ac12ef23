"""What threads give to others at start: the navigation's figure, and the count of messages."""

from __future__ import annotations

from webapp.core import metrics
from webapp.core.events import after_commit
from webapp.core.pages import register_counter
from webapp.threads.events import MessagesPosted
from webapp.threads.queries import unread_count

register_counter("unread_threads", unread_count)
_posted = metrics.counter("encours_messages_posted", "Messages stored by this process")


@after_commit(MessagesPosted)
def count_messages(event: MessagesPosted) -> None:
    _posted.inc(len(event.message_ids))
