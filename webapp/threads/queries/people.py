"""People around a thread: who follows it, who may read it, whom a text can name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

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
    return find_standings([thread_id], user_id)[thread_id]


def find_standings(thread_ids: Sequence[uuid.UUID], user_id: uuid.UUID) -> dict[uuid.UUID, Standing]:
    """The same for several threads. Of a client's thread, the client is who else has read."""
    rows = db.session.execute(
        select(
            ThreadMember.thread_id,
            ThreadMember.user_id,
            ThreadMember.last_read_seq,
            ThreadMember.level,
            Thread.audience,
            Thread.guest_read_seq,
        )
        .join(Thread, Thread.id == ThreadMember.thread_id)
        .where(ThreadMember.thread_id.in_(thread_ids))
    ).all()
    found = {}
    for thread_id in thread_ids:
        here = [row for row in rows if row.thread_id == thread_id]
        mine = next((row for row in here if row.user_id == user_id), None)
        others = [
            row.guest_read_seq if row.audience == CLIENT else row.last_read_seq
            for row in here
            if row.audience == CLIENT or row.user_id != user_id
        ]
        read, level = (mine.last_read_seq, mine.level) if mine else (0, None)
        found[thread_id] = Standing(read, level, max(others, default=0))
    return found


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
