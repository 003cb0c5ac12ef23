"""The actor of the running request: from the session cookie or a bearer token, in one query."""

from __future__ import annotations

from flask import g, request, session

from webapp.core.errors import NotSignedIn
from webapp.core.ids import parse_id
from webapp.users import queries
from webapp.users.actor import Actor

SESSION_KEY = "sid"


def find_actor() -> Actor | None:
    """Who is asking, or None. Asked of the database once per request."""
    if "actor" not in g:
        g.actor = _load()
    actor: Actor | None = g.actor
    return actor


def current_actor() -> Actor:
    """Who is asking. Raises NotSignedIn."""
    actor = find_actor()
    if actor is None:
        raise NotSignedIn()
    return actor


def bearer_token() -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _load() -> Actor | None:
    token = bearer_token()
    if token is not None:
        return queries.find_token_actor(token)
    session_id = parse_id(session.get(SESSION_KEY))
    return queries.find_session_actor(session_id) if session_id else None
