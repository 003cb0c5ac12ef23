"""Coming, staying and going: who a socket is, again whenever rights change, and its end."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, session
from socketio.exceptions import ConnectionRefusedError as Refused

from webapp.core.ids import parse_id
from webapp.core.outages import refusal_for
from webapp.extensions import socketio
from webapp.realtime import audience, out, registry
from webapp.realtime.elsewhere import tell_presence
from webapp.realtime.registry import Connection
from webapp.threads import presence
from webapp.users.actor import Actor
from webapp.users.current import SESSION_KEY
from webapp.users.queries import find_session_actor, find_token_actor

log = logging.getLogger(__name__)
GRACE_SECONDS = 2.0


def connect(app: Flask, sid: str, environ: dict[str, Any], auth: object) -> None:
    """Let a signed-in person in. Raises the library's refusal, whose reason the client reads."""
    try:
        _connect(app, sid, environ, auth)
    except Refused:
        raise
    except Exception as error:
        disconnected(sid)
        refusal = refusal_for(error)
        if refusal is None:
            log.exception("a connection failed")
        raise Refused(refusal.code if refusal else "server_error") from error


def _connect(app: Flask, sid: str, environ: dict[str, Any], auth: object) -> None:
    with app.request_context(environ):
        token = auth.get("token") if isinstance(auth, dict) else None
        cookie = parse_id(session.get(SESSION_KEY))
        actor = _admit(token, cookie)
        connection = Connection(sid, actor, registry.epoch(actor.user_id), token)
        registry.add(connection)
        server = socketio.server
        server.enter_room(sid, registry.room_of_user(actor.user_id))
        # Rights may have changed between the question and the registration.
        try:
            connection.actor = _admit(token, cookie)
        except Refused:
            disconnected(sid)
            raise


def _admit(token: object, session_id: Any) -> Actor:
    """Who this is. Raises the refusal: nobody, or somebody who still has to add a second factor."""
    actor = _resolve(token, session_id)
    if actor is None:
        raise Refused("not_signed_in")
    if actor.must_enrol:
        raise Refused("second_factor_required")
    return actor


def _resolve(token: object, session_id: Any) -> Actor | None:
    if isinstance(token, str) and token:
        return find_token_actor(token)
    return find_session_actor(session_id, via="socket") if session_id else None


def refresh(connection: Connection, reason: str = "rights_changed") -> bool:
    """Ask again who this socket is; end it when nobody, else leave what it may no longer read."""
    known = registry.epoch(connection.user_id)
    actor = _resolve(connection.token, connection.session_id)
    if actor is None or actor.must_enrol:
        end(connection, reason if actor is None else "second_factor_required")
        return False
    connection.actor, connection.epoch = actor, known
    for thread_id in list(connection.rooms):
        if not audience.may_hear(actor, thread_id):
            leave(connection, thread_id)
    return True


def enter(connection: Connection, thread_id: Any) -> None:
    """Into a thread's room; the others there learn of it."""
    socketio.server.enter_room(connection.sid, registry.room_of_thread(thread_id))
    registry.enter(connection, thread_id)
    if presence.enter(thread_id, connection.user_id, connection.sid):
        tell_presence(thread_id)


def leave(connection: Connection, thread_id: Any) -> None:
    socketio.server.leave_room(connection.sid, registry.room_of_thread(thread_id))
    registry.leave(connection, thread_id)
    if presence.leave(thread_id, connection.user_id, connection.sid):
        tell_presence(thread_id)


def disconnected(sid: str) -> None:
    """The socket is gone, whoever ended it."""
    connection = registry.remove(sid)
    if connection is None:
        return
    for thread_id in connection.rooms:
        if presence.leave(thread_id, connection.user_id, sid):
            tell_presence(thread_id)


def end(connection: Connection, reason: str) -> None:
    """Say why, then cut; from here on it hears nothing, even if its end never closes."""
    server = socketio.server
    eio_sid = server.manager.eio_sid_from_sid(connection.sid, "/")
    disconnected(connection.sid)
    out.to_socket("session.ended", {"reason": reason}, connection.sid)
    server.disconnect(connection.sid)
    socketio.start_background_task(_cut, eio_sid)


def _cut(eio_sid: str | None) -> None:
    """Close the transport of a client that does not close it itself."""
    server = socketio.server
    server.sleep(GRACE_SECONDS)
    if eio_sid is not None and eio_sid in server.eio.sockets:
        server.eio.disconnect(eio_sid)
