"""Pure decisions about messages: what may be said, who may change it, what counts as unread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from webapp.users.actor import ROLES

LONGEST_BODY = 10_000
LONGEST_EMOJI = 16
MOST_FILES = 10  # on one message
EDIT_WINDOW = timedelta(minutes=15)
LEVELS = ("all", "mentions", "none")  # what a person chooses
INTERNAL, CLIENT = "internal", "client"  # who a thread is for: the team, or the client too
SEEN = "seen"  # has read, does not follow: becomes a follower by writing or being named
# Who follows a conversation from its first message on, by role, until the company decides otherwise. Of field
# roles those whose client it is: its representative, its branch's people.
FOLLOWING_ROLES = tuple(role for role in ROLES if role != "admin")
FOLLOWING_LEVELS = ("all", "mentions")
FOLLOWING = {"sales_rep": "all", "branch_manager": "all"}
GROUPS: dict[str, tuple[str, ...]] = {  # what stands for everybody of a role who may read the thread
    "finance": ("accountant", "credit_manager", "cfo"),
    "sav": ("after_sales",),
    "commercial": ("sales_rep",),
    "responsable": ("branch_manager",),
    "comptable": ("accountant",),
    "credit": ("credit_manager",),
    "daf": ("cfo",),
    **{role: (role,) for role in ROLES if role != "admin"},
}
MOST_IN_GROUP = 200
_HANDLE = re.compile(r"(?<![\w@.])@([A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?)")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_MARKS = re.compile(r"\*\*|[`\x00]|^[>-] ", re.MULTILINE)
_NO_EMOJI = re.compile(r"[\s\x00-\x2f\x3a-\x7f<>&\"'\ud800-\udfff]")


def client_thread_of(subject_id: UUID) -> UUID:
    """The thread a client reads about a subject: the subject's id, a UUIDv7, with version 8 in its place.

    Computed both ways without a query, so the thread needs no row before its first message (RFC 9562, 5.8).
    """
    return _with_version(subject_id, 8)


def subject_of(thread_id: UUID) -> tuple[UUID, str]:
    """What a thread is about, and for whom it is."""
    if thread_id.int >> 76 & 0xF == 8:
        return _with_version(thread_id, 7), CLIENT
    return thread_id, INTERNAL


def _with_version(found: UUID, version: int) -> UUID:
    return UUID(int=found.int & ~(0xF << 76) | version << 76)


def body_fault(body: str) -> str | None:
    """Why this text cannot be a message: `empty`, `too_long`, `unreadable`; None when it can.

    The length is judged after trimming. NUL and lone surrogates fit in no database.
    """
    size = len(body.strip())
    if size == 0:
        return "empty"
    if size > LONGEST_BODY:
        return "too_long"
    return "unreadable" if _UNREADABLE.search(body) else None


def kept_body(body: str) -> str:
    """The text as stored: byte for byte, but for space around that would make it too long."""
    return body if len(body) <= LONGEST_BODY else body.strip()


def handles_in(body: str) -> set[str]:
    """The @handles a text may name, folded; whether they exist is another question."""
    return {found.lower() for found in _HANDLE.findall(body)}


def groups_in(handles: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Of these handles, those that name everybody of a role: the roles they stand for."""
    return {handle: GROUPS[handle] for handle in sorted(handles) if handle in GROUPS}


def handle_at(text: str, position: int) -> str | None:
    """The handle that starts with the @ at `position`, as written; None when it is no mention."""
    found = _HANDLE.match(text, position)
    return found.group(1) if found else None


def may_change(author_id: UUID | None, user_id: UUID, deleted_at: datetime | None) -> bool:
    """Only its author changes a message, and not once it is deleted."""
    return author_id is not None and author_id == user_id and deleted_at is None


def in_edit_window(created_at: datetime, now: datetime) -> bool:
    """A message can be reworded for fifteen minutes."""
    return now - created_at <= EDIT_WINDOW


def emoji_is_valid(emoji: str) -> bool:
    """A reaction is a short sign: no letters, spaces or markup."""
    return 0 < len(emoji) <= LONGEST_EMOJI and not _NO_EMOJI.search(emoji)


def unread(last_seq: int, last_read_seq: int, mentioned_seq: int, level: str) -> int:
    """How many messages wait for a follower. `mentions` counts only when they were named since."""
    waiting = max(0, last_seq - last_read_seq)
    if level == "all":
        return waiting
    if level == "mentions" and mentioned_seq > last_read_seq:
        return waiting
    return 0


def following(kept: object) -> dict[str, str]:
    """Role -> level of those who follow by default, from the company's settings (None: nothing yet)."""
    if not isinstance(kept, dict):
        return dict(FOLLOWING)
    return {role: kept[role] for role in FOLLOWING_ROLES if kept.get(role) in FOLLOWING_LEVELS}


def excerpt(body: str, length: int = 90) -> str:
    """The beginning of a text on one line, without markdown's signs, for lists and quotes."""
    line = " ".join(_MARKS.sub("", body).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def summary(body: str, file_count: int | None, length: int = 90) -> str:
    """The same; a message of files alone is summed up by a sign that reads in every language."""
    return excerpt(body, length) or (f"📎 {file_count}" if file_count else "")
