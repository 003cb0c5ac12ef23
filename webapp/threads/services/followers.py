"""Who follows a thread by hand: a colleague is put in, or taken out."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.threads.models import ThreadMember
from webapp.threads.policy import may_read, may_write
from webapp.threads.queries import find_last_seq, find_member
from webapp.threads.rules import SEEN
from webapp.threads.services.posting import NOT_YOURS_TO_WRITE
from webapp.threads.subjects import Subject, get_subject
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import list_actors


def add_follower(actor: Actor, thread_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Have a colleague follow everything. Who comes new finds the last message unread, not the whole past.

    Raises NotFound, Forbidden, Invalid when that person may not read it or nothing was said yet.
    """
    subject = _writable(actor, thread_id)
    person = next(iter(list_actors([user_id])), None)
    if person is None or not may_read(person, subject):
        raise Invalid(errors={"user_id": _l("Cette personne ne lit pas ce fil.")})
    last = find_last_seq(thread_id)
    if last == 0:
        raise Invalid(_l("Personne n’a encore écrit ici."), code="no_thread")
    member = find_member(thread_id, user_id)
    if member is None:
        db.session.add(
            ThreadMember(thread_id=thread_id, user_id=user_id, last_read_seq=last - 1, level="all")
        )
    elif member.level == "all":
        return
    else:
        member.level = "all"
    db.session.flush()
    audit.write(actor, "thread.follow", "thread", thread_id, user=user_id, level="all")


def remove_follower(actor: Actor, thread_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Have somebody follow no more; being named or writing brings them back. Raises NotFound, Forbidden."""
    _writable(actor, thread_id)
    member = find_member(thread_id, user_id)
    if member is None or member.level == SEEN:
        raise NotFound(_l("Cette personne ne suit pas ce fil."))
    member.level = SEEN
    db.session.flush()
    audit.write(actor, "thread.unfollow", "thread", thread_id, user=user_id)


def _writable(actor: Actor, thread_id: uuid.UUID) -> Subject:
    subject = get_subject(actor, thread_id)
    if not may_write(actor, subject):
        raise Forbidden(NOT_YOURS_TO_WRITE)
    return subject
