"""Threads, messages, read marks. A thread's id is its subject's id; the client's has one made of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


def _own_id(context: Any) -> uuid.UUID:
    """The team's thread has its subject's id."""
    found: uuid.UUID = context.get_current_parameters()["id"]
    return found


class Thread(db.Model):
    """A conversation about one subject, for one audience; the row is made at the first write."""

    __tablename__ = "threads"
    __table_args__ = (Index("ix_threads_last_message", "last_message_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid, default=_own_id)
    audience: Mapped[str] = mapped_column(String(8), default="internal")  # or "client"
    last_seq: Mapped[int] = mapped_column(default=0)
    last_message_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    guest_read_seq: Mapped[int] = mapped_column(default=0)  # up to where somebody of the client's has read
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Message(db.Model):
    """One message. `seq` orders a thread for everyone, from 1, without holes."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("thread_id", "seq"),
        UniqueConstraint("author_id", "client_id"),
        CheckConstraint("(kind = 'act') = (act_id IS NOT NULL)", name="act"),
        CheckConstraint("(act_kind IS NULL) = (act_id IS NULL)", name="act_kind"),
        Index(
            "ix_messages_act",
            "act_id",
            sqlite_where=text("act_id IS NOT NULL"),
            postgresql_where=text("act_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_grant",
            "grant_id",
            "client_id",
            unique=True,
            sqlite_where=text("grant_id IS NOT NULL"),
            postgresql_where=text("grant_id IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threads.id"))
    seq: Mapped[int]
    author_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id")
    )  # None: the product, or a guest
    grant_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # who wrote from outside: their access,
    guest_name: Mapped[str | None] = mapped_column(String(120))  # and their name as it was then
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid)  # made by the sender; one act, one UUID
    kind: Mapped[str] = mapped_column(String(10), default="text")  # text, system, client, act
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))
    file_count: Mapped[int | None] = mapped_column(SmallInteger)  # None: do not look for any
    act_kind: Mapped[str | None] = mapped_column(String(20))  # what it shows as a card; acts.py knows how
    act_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    mentions: Mapped[list[Any]] = mapped_column(JSON, default=list)  # user ids
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageVersion(db.Model):
    """What a message said before it was edited."""

    __tablename__ = "message_versions"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("messages.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Reaction(db.Model):
    """One person's reaction to a message."""

    __tablename__ = "reactions"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    emoji: Mapped[str] = mapped_column(String(16), primary_key=True)


class ThreadMember(db.Model):
    """Someone who follows a thread. Unread is `thread.last_seq - last_read_seq`."""

    __tablename__ = "thread_members"
    __table_args__ = (Index("ix_thread_members_user", "user_id", "thread_id"),)

    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    last_read_seq: Mapped[int] = mapped_column(default=0)
    mentioned_seq: Mapped[int] = mapped_column(default=0)  # the last message that named them
    level: Mapped[str] = mapped_column(String(10), default="all")  # all, mentions, none
