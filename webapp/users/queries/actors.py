"""The actor behind a session, a token or a person's id."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from webapp.core.clock import now
from webapp.core.nested import RowsOf
from webapp.extensions import db
from webapp.users.actor import FIELD_ROLES, Actor
from webapp.users.models import ApiToken, Branch, Company, Membership, User, UserSession
from webapp.users.queries.factors import compulsory_in, is_protected

# A browser that was not seen for so long signs in again.
IDLE = timedelta(days=30)


def token_hash(token: str) -> str:
    """What is kept of an API token: its SHA-256 (tokens are 256 random bits)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _people() -> Any:
    return (
        select(User, Membership.role, Branch.id.label("branch_id"), Branch.path)
        .join(Membership, (Membership.user_id == User.id) & Membership.ends_on.is_(None))
        .join(Branch, Branch.id == Membership.branch_id)
        .where(User.active)
    )


def _person() -> Any:
    """The same for one person, with the ids of the branches in scope of a role of the field."""
    below = aliased(Branch)
    scope = (
        select(RowsOf(below.id)).where(below.path.startswith(Branch.path)).correlate(Branch)
    ).scalar_subquery()
    return _people().add_columns(case((Membership.role.in_(FIELD_ROLES), scope)).label("scope"))


def find_session_actor(session_id: uuid.UUID, via: str = "page") -> Actor | None:
    """The actor of a live sign-in session; None when it ended, was forgotten for 30 days, or the
    person was disabled. It says whether a second factor is missing that the role must have."""
    row = db.session.execute(
        _person()
        .add_columns(
            UserSession.proved_at,
            is_protected().label("protected"),
            select(Company.settings).limit(1).scalar_subquery().label("settings"),
        )
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.id == session_id,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > now() - IDLE,
        )
    ).first()
    if row is None:
        return None
    missing = not row.protected and row.role in compulsory_in(row.settings)
    return _actor(row, via, session_id=session_id, proved_at=row.proved_at, must_enrol=missing)


def find_token_actor(token: str) -> Actor | None:
    """The actor an API token stands for."""
    row = db.session.execute(
        _person()
        .add_columns(ApiToken.id.label("token_id"))
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.ended_at.is_(None))
    ).first()
    return _actor(row, "api", token_id=row.token_id) if row else None


def find_user_actor(user_id: uuid.UUID, via: str = "job") -> Actor | None:
    """The actor of an active person, for work done in their name."""
    row = db.session.execute(_person().where(User.id == user_id)).first()
    return _actor(row, via) if row else None


def list_actors(
    user_ids: Iterable[uuid.UUID] | None = None, roles: Iterable[str] | None = None
) -> list[Actor]:
    """Actors of all active people (or of those given, of these roles), in two queries: for fan-out."""
    query = _people()
    if roles is not None:
        query = query.where(Membership.role.in_(list(roles)))
    if user_ids is not None:
        query = query.where(User.id.in_(list(user_ids)))
    rows = db.session.execute(query).all()
    branches = db.session.execute(select(Branch.id, Branch.path)).all()
    return [_actor(row, "job", branches=branches) for row in rows]


def _actor(row: Any, via: str, *, branches: Sequence[Any] | None = None, **more: Any) -> Actor:
    """`branches`: all of them, where the row does not say which ones are in scope."""
    user: User = row[0]
    scope = frozenset({row.branch_id})
    if row.role in FIELD_ROLES and branches is not None:
        scope = frozenset(each.id for each in branches if each.path.startswith(row.path))
    elif row.role in FIELD_ROLES:
        scope = frozenset(uuid.UUID(found) for (found,) in row.scope)
    return Actor(
        user_id=user.id,
        name=user.name,
        handle=user.handle,
        role=row.role,
        branch_id=row.branch_id,
        branch_ids=scope,
        locale=user.locale,
        theme=user.theme,
        via=via,
        **more,
    )
