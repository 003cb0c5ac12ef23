"""Saying something in a thread. The row of the thread is made at the first write."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from webapp.core.clock import now
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import markup, rules
from webapp.threads.events import MessagePosted
from webapp.threads.models import Message, Thread
from webapp.threads.policy import may_write
from webapp.threads.queries import resolve_handles
from webapp.threads.services.following import follow_by_role, name_in, write_in
from webapp.threads.subjects import MISSING, Subject, get_subject, read_subject
from webapp.users.actor import NOBODY, Actor

FAULTS = {
    "empty": _l("Écrivez un message."),
    "too_long": _l("Ce message est trop long : 10 000 caractères au plus."),
    "unreadable": _l("Ce texte contient des caractères illisibles."),
}


def check_body(body: str) -> str:
    """The text as it will be stored. Raises Invalid: `empty`, `too_long` or `unreadable`."""
    fault = rules.body_fault(body)
    if fault:
        raise Invalid(FAULTS[fault], code=fault, errors={"body": FAULTS[fault]})
    return rules.kept_body(body)


def say(subject: Subject, body: str) -> tuple[str, list[uuid.UUID]]:
    """HTML of a text in this thread, and the ids of the people it names."""
    handles = rules.handles_in(body)
    people = resolve_handles(subject, handles)
    return markup.render(body, people), markup.mentioned(people, handles)


def post_message(
    actor: Actor,
    thread_id: uuid.UUID,
    *,
    client_id: uuid.UUID,
    body: str,
    reply_to: uuid.UUID | None = None,
) -> Message:
    """Say something; the same `client_id` again gives the first message, whatever it says now.

    Raises NotFound (out of scope, or `reply_to` elsewhere), Forbidden, Invalid (`empty`,
    `too_long`, `unreadable`, `id_reused` when the id served in another thread).
    Events: MessagePosted.
    """
    subject = get_subject(actor, thread_id)
    if not may_write(actor, subject):
        raise Forbidden(_l("Votre rôle n’écrit pas dans ce fil."))
    author_id = None if actor.user_id == NOBODY else actor.user_id
    known = _find_posted(author_id, client_id, thread_id)
    if known is not None:
        return known
    body = check_body(body)
    if reply_to is not None and _thread_of(reply_to) != thread_id:
        raise NotFound(_l("Le message auquel vous répondez n’existe plus."))
    html, mentions = say(subject, body)
    message = {
        "author_id": author_id,
        "client_id": client_id,
        "body": body,
        "html": html,
        "reply_to": reply_to,
        "mentions": [str(user_id) for user_id in mentions],
    }
    _ensure_thread(subject)
    try:
        with db.session.begin_nested():
            posted = _write(thread_id, message)
    except IntegrityError:
        again = _find_posted(author_id, client_id, thread_id)
        if again is None:
            raise
        return again
    if author_id is not None:
        write_in(thread_id, author_id, posted.seq)
    name_in(thread_id, mentions, posted.seq)
    record(MessagePosted(posted.id, thread_id))
    return posted


def post_system_line(thread_id: uuid.UUID, text: str) -> Message:
    """A centred line by the product itself ("Litige ouvert …"). Events: MessagePosted."""
    subject = read_subject(thread_id)
    if subject is None:
        raise NotFound(MISSING)
    _ensure_thread(subject)
    html = markup.render(text, {})
    posted = _write(thread_id, {"client_id": new_id(), "kind": "system", "body": text, "html": html})
    record(MessagePosted(posted.id, thread_id))
    return posted


def _find_posted(author_id: uuid.UUID | None, client_id: uuid.UUID, thread_id: uuid.UUID) -> Message | None:
    """What this author already sent under that id."""
    query = select(Message).where(Message.author_id.is_not_distinct_from(author_id))
    known = db.session.scalars(query.where(Message.client_id == client_id)).first()
    if known is not None and known.thread_id != thread_id:
        raise Invalid(_l("Cet identifiant a déjà servi pour un autre message."), code="id_reused")
    return known


def _thread_of(message_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(select(Message.thread_id).where(Message.id == message_id))


def _ensure_thread(subject: Subject) -> None:
    """Make the row and its first followers when nobody wrote before; safe against a rival."""
    if db.session.scalar(select(Thread.id).where(Thread.id == subject.id)) is not None:
        return
    flavour: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values = {"id": subject.id, "subject_type": subject.type, "last_seq": 0, "created_at": now()}
    db.session.execute(flavour.insert(Thread).values(values).on_conflict_do_nothing())
    follow_by_role(subject)


def _write(thread_id: uuid.UUID, values: dict[str, Any]) -> Message:
    """Take the next seq and store the message under it; undone together, so no hole is left."""
    instant: datetime = now()
    seq = db.session.scalar(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(last_seq=Thread.last_seq + 1, last_message_at=instant)
        .returning(Thread.last_seq)
        .execution_options(synchronize_session=False)
    )
    message = Message(id=new_id(), thread_id=thread_id, seq=seq, created_at=instant, **values)
    db.session.add(message)
    db.session.flush()
    return message
