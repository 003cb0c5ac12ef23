"""Changing what was said: reword, take back, react."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files.services import detach_all
from webapp.threads import rules
from webapp.threads.events import MessageDeleted, MessageEdited, MessageReacted
from webapp.threads.models import Message, MessageVersion, Reaction
from webapp.threads.policy import may_write
from webapp.threads.queries import get_visible_message
from webapp.threads.services.attaching import SUBJECT
from webapp.threads.services.following import name_in
from webapp.threads.services.posting import NOT_YOURS_TO_WRITE, check_body, say
from webapp.threads.subjects import MISSING, find_subject, get_subject
from webapp.users import audit
from webapp.users.actor import Actor

MOST_EMOJIS = 20
SAID = ("text", "client")  # kinds of messages that somebody wrote


def edit_message(actor: Actor, message_id: uuid.UUID, body: str) -> Message:
    """Reword one's own message within fifteen minutes; the earlier text is kept as a version.

    Raises NotFound, Forbidden, Conflict `too_late` or `deleted`, Invalid. Events: MessageEdited.
    """
    message = _own_message(actor, message_id)
    body = check_body(body, beside_files=bool(message.file_count))
    if body == message.body:
        return message
    if not rules.in_edit_window(message.created_at, now()):
        raise Conflict(_l("Un message se modifie pendant 15 minutes."), code="too_late")
    subject = get_subject(actor, message.thread_id)
    if not may_write(actor, subject):
        raise Forbidden(NOT_YOURS_TO_WRITE)
    html, mentions = say(subject, body)
    _keep_version(message)
    audit.write(actor, "message.edit", "message", message.id, before=message.body, after=body)
    fresh = [user_id for user_id in mentions if str(user_id) not in message.mentions]
    message.body, message.html, message.edited_at = body, html, now()
    message.mentions = [str(user_id) for user_id in mentions]
    db.session.flush()
    name_in((message.thread_id, user_id, message.seq) for user_id in fresh)
    record(MessageEdited(message.id, message.thread_id))
    return message


def delete_message(actor: Actor, message_id: uuid.UUID) -> Message:
    """Take back one's own message: a tombstone stays at its seq, the text goes to the versions,
    files are its author's alone again.

    Deleting twice is the same as once. Raises NotFound, Forbidden. Events: MessageDeleted.
    """
    message = get_visible_message(actor, message_id)
    if message.deleted_at is not None and message.author_id == actor.user_id:
        return message
    message = _own_message(actor, message_id)
    _keep_version(message)
    audit.write(actor, "message.delete", "message", message.id, before=message.body)
    message.body, message.html, message.mentions, message.deleted_at = "", "", [], now()
    if message.file_count:
        detach_all(SUBJECT, message.id)
        message.file_count = None
    db.session.execute(delete(Reaction).where(Reaction.message_id == message.id))
    db.session.flush()
    record(MessageDeleted(message.id, message.thread_id))
    return message


def react(actor: Actor, message_id: uuid.UUID, emoji: str, on: bool = True) -> Message:
    """Add or take away one's own reaction. Raises NotFound, Invalid. Events: MessageReacted."""
    message = get_visible_message(actor, message_id)
    subject = find_subject(actor, message.thread_id)
    if subject is None or not may_write(actor, subject):
        raise NotFound(MISSING)
    if message.deleted_at is not None or message.kind not in SAID:
        raise Conflict(_l("Ce message est supprimé."), code="deleted")
    if not rules.emoji_is_valid(emoji):
        raise Invalid(errors={"emoji": _l("Choisissez un signe.")})
    known = db.session.get(Reaction, (message.id, actor.user_id, emoji))
    if (known is not None) == on:
        return message
    if known is not None:
        db.session.delete(known)
    else:
        _room_for_reaction(message, emoji)
        db.session.add(Reaction(message_id=message.id, user_id=actor.user_id, emoji=emoji))
    db.session.flush()
    record(MessageReacted(message.id, message.thread_id))
    return message


def _room_for_reaction(message: Message, emoji: str) -> None:
    others = select(func.count(func.distinct(Reaction.emoji))).where(
        Reaction.message_id == message.id, Reaction.emoji != emoji
    )
    if (db.session.scalar(others) or 0) >= MOST_EMOJIS:
        raise Invalid(errors={"emoji": _l("Ce message a déjà assez de réactions.")})


def _own_message(actor: Actor, message_id: uuid.UUID) -> Message:
    message = get_visible_message(actor, message_id)
    if message.kind != "text":
        raise Forbidden(_l("Un acte ne se reprend pas ici : changez-le sur sa carte."))
    if rules.may_change(message.author_id, actor.user_id, message.deleted_at):
        return message
    if message.author_id == actor.user_id:
        raise Conflict(_l("Ce message est supprimé."), code="deleted")
    raise Forbidden(_l("Seul son auteur change un message."))


def _keep_version(message: Message) -> None:
    db.session.add(MessageVersion(id=new_id(), message_id=message.id, body=message.body))
