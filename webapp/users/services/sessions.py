"""Verbs about sign-in sessions and API tokens."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.core.clock import now
from webapp.core.errors import Forbidden, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users import audit, queries
from webapp.users.actor import Actor
from webapp.users.events import SessionEnded
from webapp.users.models import ApiToken, UserSession
from webapp.users.policy import may_manage_users


def live_sessions(user_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of the sessions of a person that have not ended."""
    return list(
        db.session.scalars(
            select(UserSession.id).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        )
    )


def start_session(
    user_id: uuid.UUID, *, ip: str | None, user_agent: str | None, how: str = "password"
) -> UserSession:
    """A browser signed in: the row its pages and sockets stand on. `how` goes into the audit entry."""
    row = UserSession(id=new_id(), user_id=user_id, ip=ip, user_agent=(user_agent or "")[:300])
    db.session.add(row)
    db.session.flush()
    actor = queries.find_user_actor(user_id, via="page")
    if actor is not None:
        audit.write(actor, "session.start", "session", row.id, how=how)
    return row


def renew_proof(actor: Actor, how: str) -> None:
    """The person of the running session showed again who they are: `password`, `passkey`, `demo`.

    Raises Forbidden for what has no session.
    """
    if actor.session_id is None:
        raise Forbidden(_l("Un jeton d’API ne change pas comment une personne se connecte."))
    db.session.execute(update(UserSession).where(UserSession.id == actor.session_id).values(proved_at=now()))
    audit.write(actor, "session.prove", "session", actor.session_id, how=how)


def touch_session(session_id: uuid.UUID) -> None:
    """The session was just seen: not a change of a record, so no audit entry."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(seen_at=now())
    )


def end_sessions(session_ids: Iterable[uuid.UUID], reason: str) -> None:
    """End sign-in sessions. `reason` is `signed_out`, `ended`, `disabled`, `password_changed`,
    `second_factor_added` or `second_factor_reset`.

    The caller writes the audit entry, which says why. Events: SessionEnded.
    """
    ids = tuple(session_ids)
    if not ids:
        return
    db.session.execute(
        update(UserSession)
        .where(UserSession.id.in_(ids), UserSession.ended_at.is_(None))
        .values(ended_at=now())
    )
    record(SessionEnded(ids, reason))


def end_own_session(actor: Actor, session_id: uuid.UUID, reason: str = "ended") -> None:
    """End one of the actor's own sessions; somebody else's looks like none. Events: SessionEnded."""
    row = db.session.get(UserSession, session_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound(_l("Cette session n’existe pas."))
    audit.write(actor, "session.end", "session", session_id, reason=reason)
    end_sessions([session_id], reason)


def end_other_sessions(actor: Actor) -> int:
    """End every session of the actor but the running one; how many. Events: SessionEnded."""
    others = [each for each in live_sessions(actor.user_id) if each != actor.session_id]
    if others:
        audit.write(actor, "session.end_others", "user", actor.user_id, sessions=others)
        end_sessions(others, "ended")
    return len(others)


def end_sessions_of(actor: Actor, user_id: uuid.UUID) -> int:
    """An administrator ends every session of a person; how many. Events: SessionEnded.

    Raises Forbidden, NotFound.
    """
    if actor.role != "system" and not may_manage_users(actor):
        raise Forbidden(_l("Seul un administrateur gère les comptes."))
    if queries.find_user(user_id) is None:
        raise NotFound(_l("Cette personne n’existe pas."))
    ids = live_sessions(user_id)
    if ids:
        audit.write(actor, "session.end_all", "user", user_id, sessions=ids)
        end_sessions(ids, "ended")
    return len(ids)


def create_token(actor: Actor, user_id: uuid.UUID, label: str = "") -> str:
    """A new API token for a person; returned once, only its hash is kept. Raises Forbidden."""
    if actor.role != "system" and actor.user_id != user_id and not may_manage_users(actor):
        raise Forbidden(_l("Seul un administrateur crée des jetons pour d’autres."))
    token = "enc_" + secrets.token_urlsafe(32)
    row = ApiToken(
        id=new_id(), user_id=user_id, token_hash=queries.token_hash(token), label=label.strip()[:80]
    )
    db.session.add(row)
    db.session.flush()
    audit.write(actor, "token.create", "token", row.id, user=str(user_id))
    return token


def end_token(actor: Actor, token_id: uuid.UUID) -> None:
    """End one of the actor's own tokens; somebody else's looks like none. Raises NotFound."""
    row = db.session.get(ApiToken, token_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound(_l("Ce jeton n’existe pas."))
    if row.ended_at is None:
        row.ended_at = now()
        db.session.flush()
        audit.write(actor, "token.end", "token", row.id)
