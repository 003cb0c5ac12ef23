"""From committed events to sockets: each thread's news to who is in its room and still may."""

from __future__ import annotations

import uuid

from webapp.realtime import audience, out, registry
from webapp.realtime.connection import leave
from webapp.realtime.ears import hears
from webapp.threads import presence, queries
from webapp.threads.events import (
    ActChanged,
    GuestRead,
    MessageDeleted,
    MessageEdited,
    MessageReacted,
    MessagesPosted,
    ThreadRead,
)

NAMES = {
    MessageEdited: "message.edited",
    MessageDeleted: "message.deleted",
    MessageReacted: "message.reacted",
}
ThreadNews = MessageEdited | MessageDeleted | MessageReacted


@hears(MessagesPosted)
def on_posted(event: MessagesPosted) -> None:
    """The messages in their order, then the unread marks of followers elsewhere."""
    if not registry.everyone():
        return
    clear_room(event.thread_id)
    for shown in queries.presented(event.message_ids):
        out.to_room("message.posted", {"message": shown}, event.thread_id)
    tell_followers(event.thread_id)


@hears(*NAMES)
def on_message(event: ThreadNews) -> None:
    """The message as it stands now."""
    if not registry.everyone():
        return
    clear_room(event.thread_id)
    for shown in queries.present([event.message_id]):
        out.to_room(NAMES[type(event)], {"message": shown}, event.thread_id)


@hears(ActChanged)
def on_act(event: ActChanged) -> None:
    """Which card is to be asked for again, to who is looking at it."""
    if not registry.in_room(event.thread_id):
        return
    clear_room(event.thread_id)
    payload = {"thread_id": str(event.thread_id), "kind": event.kind, "id": str(event.id)}
    out.to_room("act.changed", payload, event.thread_id)


def clear_room(thread_id: uuid.UUID) -> None:
    """Ask the policy again for everyone in the room; who may no longer read it leaves."""
    if audience.is_clear(thread_id):
        return
    present = registry.in_room(thread_id)
    allowed = audience.readers(thread_id, (connection.actor for connection in present))
    for connection in present:
        if connection.user_id not in allowed:
            leave(connection, thread_id)
    audience.note_clear(thread_id)


def tell_followers(thread_id: uuid.UUID) -> None:
    """`thread.unread` to each connected follower whose screen does not show the thread."""
    here = presence.looking(thread_id)
    elsewhere = [actor for user_id, actor in registry.actors().items() if user_id not in here]
    allowed = audience.readers(thread_id, elsewhere) if elsewhere else set()
    if not allowed:
        return
    for waiting in queries.count_unread(thread_id, allowed):
        user_id = waiting.pop("user_id")
        out.to_user("thread.unread", {"thread_id": str(thread_id), **waiting}, user_id)


@hears(ThreadRead)
def on_read(event: ThreadRead) -> None:
    """To the room, and to the reader's other devices."""
    clear_room(event.thread_id)
    payload = {"thread_id": str(event.thread_id), "user_id": str(event.user_id), "seq": event.seq}
    out.to_thread_and_user("thread.read", payload, event.thread_id, event.user_id)


@hears(GuestRead)
def on_guest_read(event: GuestRead) -> None:
    """The client has read: to the room of its thread. A guest has no socket to hear it on."""
    clear_room(event.thread_id)
    payload = {"thread_id": str(event.thread_id), "grant_id": str(event.grant_id), "seq": event.seq}
    out.to_room("thread.read", payload, event.thread_id)
