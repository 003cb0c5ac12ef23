"""Events of threads: join, say, reword, take back, react, read, type."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core import rates
from webapp.core.api import ApiSchema
from webapp.core.db import unit_of_work
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.realtime import audience, sending
from webapp.realtime.connection import enter, leave
from webapp.realtime.dispatch import Ack, on
from webapp.realtime.elsewhere import tell_presence, tell_typing
from webapp.realtime.registry import Connection
from webapp.threads import presence, queries, services
from webapp.threads.queries.messages import PAGE
from webapp.threads.schemas import MAX_SEQ, EditIn, MessageIn, ReactionIn, ReadIn
from webapp.threads.services import Draft
from webapp.threads.subjects import MISSING, get_subject


class ThreadIn(ApiSchema):
    thread_id = fields.UUID(required=True)


class JoinIn(ThreadIn):
    after_seq = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, MAX_SEQ))


class SendIn(MessageIn, ThreadIn):
    pass


class MessageRef(ApiSchema):
    message_id = fields.UUID(required=True)


class EditMessageIn(EditIn, MessageRef):
    pass


class ReactMessageIn(ReactionIn, MessageRef):
    pass


class ReadThreadIn(ReadIn, ThreadIn):
    pass


@on("thread.join", JoinIn)
def join(connection: Connection, values: dict[str, Any]) -> Ack:
    """Enter the room, then read: nothing falls between the page and the first live message."""
    thread_id = values["thread_id"]
    get_subject(connection.actor, thread_id)
    enter(connection, thread_id)
    db.session.rollback()  # that question's view of the database is older than the room
    try:
        page = queries.get_page(connection.actor, thread_id, values["after_seq"], limit=PAGE)
    except Exception:
        leave(connection, thread_id)
        raise
    return {"last_seq": page.last_seq, "messages": page.items, "more": page.more}


@on("thread.leave", ThreadIn)
def leave_thread(connection: Connection, values: dict[str, Any]) -> Ack:
    leave(connection, values["thread_id"])
    return {}


@on("message.send", SendIn, rates.messages)
def send(connection: Connection, values: dict[str, Any]) -> Ack:
    thread_id, client_id = values["thread_id"], values["client_id"]
    files = tuple(values["attachment_ids"])
    draft = Draft(connection.actor, thread_id, client_id, values["body"], values["reply_to"], files)
    return {"message": sending.send(draft)}


@on("message.edit", EditMessageIn, rates.messages)
def edit(connection: Connection, values: dict[str, Any]) -> Ack:
    with unit_of_work():
        message = services.edit_message(connection.actor, values["message_id"], values["body"])
        shown = queries.present_one(message.id)
    return {"message": shown}


@on("message.delete", MessageRef, rates.messages)
def delete(connection: Connection, values: dict[str, Any]) -> Ack:
    with unit_of_work():
        message = services.delete_message(connection.actor, values["message_id"])
        shown = queries.present_one(message.id)
    return {"message": shown}


@on("message.react", ReactMessageIn, rates.messages)
def react(connection: Connection, values: dict[str, Any]) -> Ack:
    with unit_of_work():
        message = services.react(connection.actor, values["message_id"], values["emoji"], values["on"])
        shown = queries.present_one(message.id)
    return {"message": shown}


@on("thread.read", ReadThreadIn)
def read(connection: Connection, values: dict[str, Any]) -> Ack:
    with unit_of_work():
        seq = services.mark_read(connection.actor, values["thread_id"], values["seq"])
    return {"seq": seq}


@on("thread.here", ThreadIn)
def here(connection: Connection, values: dict[str, Any]) -> Ack:
    """The page is being looked at: said every twenty seconds, believed for a minute."""
    thread_id = values["thread_id"]
    if thread_id not in connection.rooms or not audience.may_hear(connection.actor, thread_id):
        raise NotFound(MISSING)
    if presence.stay(thread_id, connection.user_id, connection.sid):
        tell_presence(thread_id)
    return {}


@on("thread.typing", ThreadIn)
def typing(connection: Connection, values: dict[str, Any]) -> Ack:
    """A hint to those in the room; only from someone who is in it."""
    thread_id, actor = values["thread_id"], connection.actor
    if thread_id not in connection.rooms or not audience.may_hear(actor, thread_id):
        raise NotFound(MISSING)
    user = {"id": str(actor.user_id), "name": actor.name}
    tell_typing(thread_id, user, skip=connection.sid)
    return {}
