"""What happened in threads."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class MessagesPosted:
    """New messages of one thread, in the order of their seqs."""

    thread_id: uuid.UUID
    message_ids: tuple[uuid.UUID, ...]
    named_ids: tuple[uuid.UUID, ...] = ()  # the people they name


@dataclass(frozen=True)
class MessageEdited:
    message_id: uuid.UUID
    thread_id: uuid.UUID


@dataclass(frozen=True)
class MessageDeleted:
    message_id: uuid.UUID
    thread_id: uuid.UUID


@dataclass(frozen=True)
class MessageReacted:
    message_id: uuid.UUID
    thread_id: uuid.UUID


@dataclass(frozen=True)
class ActChanged:
    """What a card shows has changed: whoever looks at it asks for it again."""

    thread_id: uuid.UUID
    kind: str
    id: uuid.UUID


@dataclass(frozen=True)
class ThreadRead:
    """Someone has read a thread up to `seq`."""

    thread_id: uuid.UUID
    user_id: uuid.UUID
    seq: int


@dataclass(frozen=True)
class GuestRead:
    """Somebody at the client's has read its thread up to `seq`."""

    thread_id: uuid.UUID
    grant_id: uuid.UUID
    seq: int
