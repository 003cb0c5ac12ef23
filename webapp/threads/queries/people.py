"""People around a thread: who follows it, who may read it, whom a text can name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from webapp.extensions import db
from webapp.threads.models import Thread, ThreadMember
from webapp.threads.policy import may_read
from webapp.threads.rules import CLIENT, MOST_IN_GROUP, SEEN, following
from webapp.threads.subjects import Subject, read_subject
from webapp.users.actor import Actor, initials_of
from webapp.users.models import Company, User
from webapp.users.queries import list_actors

DEFAULT_FOLLOWERS = "default_followers"  # among the company's settings


def find_member(thread_id: uuid.UUID, user_id: uuid.UUID) -> ThreadMember | None:
    return db.session.get(ThreadMember, (thread_id, user_id))


@dataclass(frozen=True)
class Standing:
    """Where a person stands in a thread, and how far anybody else has read."""

    last_read_seq: int = 0
    level: str | None = None
    others_read_seq: int = 0


def find_standing(thread_id: uuid.UUID, user_id: uuid.UUID) -> Standing:
    """In one query."""
    return standing_in(db.session.execute(standing_rows(thread_id, user_id)).first())


def standing_rows(thread_id: uuid.UUID, user_id: uuid.UUID) -> Select[Any]:
    """The thread (`of`), its `last_seq` and what `standing_in` reads: one row, or none before the first
    message. Other columns may be joined to it: nothing here is asked again for each of their rows."""
    mine, other = aliased(ThreadMember), aliased(ThreadMember)
    others = select(func.max(other.last_read_seq)).where(
        other.thread_id == thread_id, other.user_id != user_id
    )
    return (
        select(
            Thread.id.label("of"),
            Thread.last_seq,
            mine.last_read_seq,
            mine.level,
            case((Thread.audience == CLIENT, Thread.guest_read_seq), else_=others.scalar_subquery()).label(
                "others_read_seq"
            ),
        )
        .select_from(Thread)
        .outerjoin(mine, (mine.thread_id == Thread.id) & (mine.user_id == user_id))
        .where(Thread.id == thread_id)
    )


def standing_in(row: Any) -> Standing:
    """Of a row of `standing_rows`; of a client's thread, the client is who else has read."""
    if row is None:
        return Standing()
    return Standing(row.last_read_seq or 0, row.level, row.others_read_seq or 0)


def default_following() -> dict[str, str]:
    """Role -> level of those who follow a conversation from its first message on."""
    settings = db.session.scalar(select(Company.settings).limit(1)) or {}
    return following(settings.get(DEFAULT_FOLLOWERS))


def list_followers(thread_id: uuid.UUID) -> list[ThreadMember]:
    """Everyone who follows the thread, `level` says how closely (`all`, `mentions`, `none`)."""
    query = select(ThreadMember).where(ThreadMember.thread_id == thread_id, ThreadMember.level != SEEN)
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Follower:
    """Somebody who follows, how closely, up to where they have read."""

    user_id: uuid.UUID
    name: str
    role: str
    level: str
    last_read_seq: int

    @property
    def initials(self) -> str:
        return initials_of(self.name)


def list_following(subject: Subject) -> list[Follower]:
    """Who follows the thread and may still read it, by name."""
    members = {member.user_id: member for member in list_followers(subject.thread_id)}
    people = [person for person in list_actors(members) if may_read(person, subject)] if members else []
    return [
        Follower(
            each.user_id,
            each.name,
            each.role,
            members[each.user_id].level,
            members[each.user_id].last_read_seq,
        )
        for each in sorted(people, key=lambda person: person.name)
    ]


def readers(thread_id: uuid.UUID, user_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these people may read the thread now."""
    wanted = set(user_ids)
    subject = read_subject(thread_id) if wanted else None
    if subject is None:
        return set()
    return {actor.user_id for actor in list_actors(wanted) if may_read(actor, subject)}


def readers_among(thread_id: uuid.UUID, actors: Iterable[Actor]) -> set[uuid.UUID]:
    """The same for actors already resolved: one query."""
    subject = read_subject(thread_id)
    if subject is None:
        return set()
    return {actor.user_id for actor in actors if may_read(actor, subject)}


def resolve_handles(subject: Subject, handles: set[str]) -> dict[str, uuid.UUID]:
    """Handles of active people who may read the thread, with their ids; the others are plain text."""
    if not handles:
        return {}
    query = select(User.id, User.handle).where(User.handle.in_(handles), User.active)
    found = {row.id: row.handle for row in db.session.execute(query)}
    if not found:
        return {}
    return {found[actor.user_id]: actor.user_id for actor in list_actors(found) if may_read(actor, subject)}


def resolve_groups(
    subject: Subject, groups: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[uuid.UUID, ...]]:
    """Who each of these words names: the people of its roles who may read the thread, in two queries."""
    if not groups:
        return {}
    roles = {role for found in groups.values() for role in found}
    people = [actor for actor in list_actors(roles=roles) if may_read(actor, subject)]
    people.sort(key=lambda actor: actor.handle)
    return {
        word: tuple(actor.user_id for actor in people if actor.role in found)[:MOST_IN_GROUP]
        for word, found in groups.items()
    }


def list_mentionable(subject: Subject, limit: int = 200) -> list[Actor]:
    """People who may read the thread, by name: the choices after an @."""
    allowed = [actor for actor in list_actors() if may_read(actor, subject)]
    return sorted(allowed, key=lambda actor: actor.name)[:limit]
