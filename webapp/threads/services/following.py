"""Following and reading: who hears of a thread, and up to where they have read."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.errors import Invalid
from webapp.core.events import record
from webapp.extensions import db
from webapp.threads.events import ThreadRead
from webapp.threads.models import ThreadMember
from webapp.threads.queries import default_following, find_last_seq, find_member
from webapp.threads.rules import FOLLOWING_LEVELS, LEVELS, SEEN
from webapp.threads.subjects import Subject, get_subject
from webapp.users.actor import FIELD_ROLES, Actor
from webapp.users.models import Branch, Membership, User


def mark_read(actor: Actor, thread_id: uuid.UUID, seq: int) -> int:
    """Note that the actor has read up to `seq` (never back, never beyond the end); returns where
    the mark stands. Raises NotFound. Events: ThreadRead when it moved.
    """
    get_subject(actor, thread_id)
    seq = min(seq, find_last_seq(thread_id))
    member = find_member(thread_id, actor.user_id)
    if seq <= (member.last_read_seq if member else 0):
        return member.last_read_seq if member else 0
    _upsert(thread_id, [actor.user_id], {"last_read_seq": seq}, level=SEEN)
    record(ThreadRead(thread_id, actor.user_id, seq))
    return seq


def set_follow_level(actor: Actor, thread_id: uuid.UUID, level: str) -> None:
    """Follow everything, only mentions, or nothing. Raises NotFound, Invalid.

    Before the first message there is nothing to follow yet: Invalid `no_thread`.
    """
    get_subject(actor, thread_id)
    if level not in LEVELS:
        raise Invalid(errors={"level": _l("Ce choix n’existe pas.")})
    if find_last_seq(thread_id) == 0:
        raise Invalid(_l("Personne n’a encore écrit ici."), code="no_thread")
    _upsert(thread_id, [actor.user_id], {"level": level}, level=level)


def follow_by_role(subject: Subject) -> None:
    """At the first write: people of the roles that follow by default, as closely as the company decided.

    Of sales representatives the client's own, of other field roles those of its branch and above it.
    """
    levels = default_following()
    followers: dict[str, set[uuid.UUID]] = defaultdict(set)
    for user_id, role in _people_of(subject, levels.keys() - {"sales_rep"}):
        followers[levels[role]].add(user_id)
    if subject.sales_rep_id is not None and "sales_rep" in levels:
        followers[levels["sales_rep"]].add(subject.sales_rep_id)
    for level in FOLLOWING_LEVELS:  # the closest first: it stays for who is there twice
        _upsert(subject.thread_id, followers[level], {}, level=level)


def _people_of(subject: Subject, roles: Collection[str]) -> Iterable[tuple[uuid.UUID, str]]:
    """Active people who have one of these roles where the client is theirs."""
    if not roles:
        return ()
    path = db.session.scalar(select(Branch.path).where(Branch.id == subject.branch_id)) or ""
    here = or_(Membership.role.not_in(FIELD_ROLES), literal(path).startswith(Branch.path))
    query = (
        select(Membership.user_id, Membership.role)
        .join(User, User.id == Membership.user_id)
        .join(Branch, Branch.id == Membership.branch_id)
        .where(Membership.role.in_(roles), Membership.ends_on.is_(None), User.active, here)
    )
    return db.session.execute(query).tuples()


Marks = Iterable[tuple[uuid.UUID, uuid.UUID, int]]  # thread, person, seq


def write_in(marks: Marks) -> None:
    """Who writes follows, and has read what stands above."""
    _mark("last_read_seq", marks)


def name_in(marks: Marks) -> None:
    """Who is named follows, unless they chose otherwise, and sees that they were named."""
    _mark("mentioned_seq", marks)


def _mark(column: str, marks: Marks) -> None:
    """Set a seq on members, in one statement; who had only read the thread follows it now."""
    latest: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    for thread_id, user_id, seq in marks:
        latest[thread_id, user_id] = max(seq, latest.get((thread_id, user_id), 0))
    if not latest:
        return
    new = {"last_read_seq": 0, "mentioned_seq": 0, "level": "all"}
    rows = [
        {"thread_id": thread_id, "user_id": user_id, **new, column: seq}
        for (thread_id, user_id), seq in sorted(latest.items())
    ]
    db.session.connection().execute(_statement(db.engine.dialect.name, column), rows)
    _expire({thread_id for thread_id, _user_id in latest})


@cache
def _statement(dialect: str, column: str) -> Any:
    """Put together once: it runs for each message."""
    flavour: Any = postgresql if dialect == "postgresql" else sqlite
    members = ThreadMember.__table__
    statement = flavour.insert(members)
    level = case((members.c.level == SEEN, "all"), else_=members.c.level)
    statement = statement.on_conflict_do_update(
        index_elements=["thread_id", "user_id"], set_={column: statement.excluded[column], "level": level}
    )
    # Asked for something back, SQLAlchemy sends all rows at once instead of one after the other.
    return statement.returning(members.c.user_id) if dialect == "postgresql" else statement


def _expire(thread_ids: set[uuid.UUID]) -> None:
    """Have members read again: a set-based write went past them."""
    for member in db.session.identity_map.values():
        if isinstance(member, ThreadMember) and member.thread_id in thread_ids:
            db.session.expire(member)


def _upsert(
    thread_id: uuid.UUID, user_ids: Iterable[uuid.UUID], values: dict[str, Any], *, level: str
) -> None:
    """Set `values` on these members; new ones start at `level`."""
    new = {"last_read_seq": 0, "mentioned_seq": 0, "level": level, **values}
    rows = [{"thread_id": thread_id, "user_id": user_id, **new} for user_id in user_ids]
    if not rows:
        return
    flavour: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = flavour.insert(ThreadMember).values(rows)
    keys = ["thread_id", "user_id"]
    if values:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    db.session.execute(statement)
    _expire({thread_id})
