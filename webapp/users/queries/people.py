"""People as lists and pages show them, their sessions and tokens."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.extensions import db
from webapp.users.models import ApiToken, Branch, Membership, User, UserSession
from webapp.users.queries.actors import IDLE
from webapp.users.rules import fold, matches


def find_user(user_id: uuid.UUID) -> User | None:
    return db.session.get(User, user_id)


def find_user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def has_users() -> bool:
    """Is there anybody at all? False only before the first set-up."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def names_of(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of these people by id, whoever they are: who did what is no secret inside the house."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


def list_users_of(emails: Iterable[str]) -> list[Any]:
    """Active people with these addresses: (User, role, branch name)."""
    query = _with_place().where(User.email.in_(list(emails)), User.active)
    return list(db.session.execute(query).all())


def _with_place() -> Any:
    return (
        select(User, Membership.role, Membership.branch_id, Branch.name.label("branch"))
        .outerjoin(Membership, (Membership.user_id == User.id) & Membership.ends_on.is_(None))
        .outerjoin(Branch, Branch.id == Membership.branch_id)
    )


def find_person(user_id: uuid.UUID) -> Any:
    """One person with role and branch: (User, role, branch_id, branch)."""
    return db.session.execute(_with_place().where(User.id == user_id)).first()


def list_people(query: str = "") -> list[Any]:
    """Everybody, disabled people last, who answers to `query` by name, handle or e-mail."""
    rows = db.session.execute(_with_place()).all()
    wanted = fold(query).strip()
    found = [row for row in rows if matches(query, row[0].name, row[0].handle) or wanted in row[0].email]
    return sorted(found, key=lambda row: (not row[0].active, fold(row[0].name)))


def suggest_people(query: str, limit: int = 20) -> list[Any]:
    """Active people to mention: (id, name, handle, role), those whose handle is the query first."""
    rows = db.session.execute(
        select(User.id, User.name, User.handle, Membership.role)
        .join(Membership, (Membership.user_id == User.id) & Membership.ends_on.is_(None))
        .where(User.active)
    ).all()
    wanted = fold(query).strip().lstrip("@")
    found = [row for row in rows if matches(query, row.name, row.handle)]
    found.sort(key=lambda row: (fold(row.handle) != wanted, fold(row.name)))
    return found[:limit]


def list_sessions(user_id: uuid.UUID) -> Sequence[UserSession]:
    """Live sign-in sessions of a person, the most recently seen first."""
    return db.session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > now() - IDLE,
        )
        .order_by(UserSession.seen_at.desc())
    ).all()


def count_sessions(user_id: uuid.UUID) -> int:
    live = select(func.count()).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    return db.session.scalar(live.where(UserSession.seen_at > now() - IDLE)) or 0


def list_tokens(user_id: uuid.UUID) -> Sequence[ApiToken]:
    """API tokens of a person that still open something, newest first."""
    return db.session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.ended_at.is_(None))
        .order_by(ApiToken.created_at.desc())
    ).all()
