"""Every client event passes here: who, how fast, is the payload sound, one acknowledgement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, g
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError

from webapp.core import rates
from webapp.core.errors import DomainError, Invalid, NotSignedIn, RateLimited
from webapp.core.outages import refusal_for
from webapp.extensions import db, socketio
from webapp.realtime import registry
from webapp.realtime.connection import refresh
from webapp.realtime.registry import Connection

PAUSE_SECONDS = 0.05
log = structlog.get_logger(__name__)
Ack = dict[str, Any]
Handler = Callable[[Connection, dict[str, Any]], Ack]
_handlers: dict[str, tuple[Handler, Schema, rates.Rate]] = {}


def on(event: str, schema: type[Schema], rate: rates.Rate = rates.gestures) -> Callable[[Handler], Handler]:
    """Handle a client event. The function gets the socket and a checked payload, and answers what
    the acknowledgement adds; what it raises becomes `{ok: false, error}`."""

    def register(function: Handler) -> Handler:
        _handlers[event] = (function, schema(), rate)
        return function

    return register


def names() -> list[str]:
    """The events a client may send."""
    return list(_handlers)


def dispatch(app: Flask, event: object, sid: str, args: tuple[Any, ...]) -> Ack:
    """Run an event and answer; never raises, whatever came in.

    Who is too fast is answered a moment later. Events of a socket are read one after the other, so what it
    floods us with stays in its own line, and the others are served meanwhile.
    """
    ack = _answer(app, event, sid, args)
    if not ack["ok"] and ack["error"]["code"] == RateLimited.code:
        socketio.sleep(PAUSE_SECONDS)
    return ack


def _answer(app: Flask, event: object, sid: str, args: tuple[Any, ...]) -> Ack:
    with app.app_context():
        try:
            return {"ok": True, **_run(event, sid, args)}
        except ValidationError as error:
            return _refusal("invalid", _("La demande n’est pas valable."), errors=error.normalized_messages())
        except DomainError as error:
            errors = {key: str(value) for key, value in error.errors.items()} or None
            return _refusal(error.code, str(error), retry_after=error.retry_after, errors=errors)
        except Exception as error:
            return _failure(event, sid, error)
        finally:
            if db.session.registry.has():
                db.session.rollback()


def _failure(event: object, sid: str, error: Exception) -> Ack:
    refusal = refusal_for(error)
    if refusal is None:
        log.exception("event failed", name=str(event)[:60], sid=sid)
        return _refusal("server_error", _("Une erreur est survenue de notre côté. Rien n’est perdu."))
    log.error("event refused", name=str(event)[:60], sid=sid, code=refusal.code)
    return _refusal(refusal.code, str(refusal), retry_after=refusal.retry_after)


def _run(event: object, sid: str, args: tuple[Any, ...]) -> Ack:
    connection = registry.find(sid)
    if connection is None:
        raise NotSignedIn()
    g.actor = connection.actor
    if connection.epoch != registry.epoch(connection.user_id) and not refresh(connection):
        raise NotSignedIn()
    g.actor = connection.actor
    known = _handlers.get(event) if isinstance(event, str) else None
    if known is None:
        rates.gestures.take(connection.actor.key)
        raise Invalid(_("Cet événement n’existe pas."), code="unknown_event")
    handler, schema, rate = known
    rate.take(connection.actor.key)
    if len(args) != 1 or not isinstance(args[0], dict):
        raise ValidationError({"_": ["expected one object"]})
    return handler(connection, schema.load(args[0]))


def _refusal(code: str, message: str, **more: object) -> Ack:
    error = {"code": code, "message": message or code}
    return {"ok": False, "error": error | {key: value for key, value in more.items() if value is not None}}
