"""Verbs of tasks: add, hand over, do, take up again, remind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client, survivor_of
from webapp.core.clock import now, today
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.tasks import rules
from webapp.tasks.events import TaskGiven, TasksDue
from webapp.tasks.models import Task
from webapp.tasks.policy import may_write
from webapp.tasks.queries import get_task, list_due
from webapp.tasks.texts import words_of
from webapp.threads.events import ActChanged
from webapp.threads.policy import may_read
from webapp.threads.queries.quoted import check_in_thread
from webapp.threads.services import post_act
from webapp.threads.subjects import Subject, get_subject
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import find_user_actor

REFUSED = _l("La tâche n’est pas enregistrée.")
FAULTS = {
    "past": _l("Ce jour est passé : indiquez celui où c’est attendu."),
    "far": _l("Indiquez un jour dans les deux ans."),
}


@dataclass(frozen=True)
class Draft:
    """A task as it is given. `id` is the act's one UUID."""

    thread_id: uuid.UUID
    text: str
    owner_id: uuid.UUID | None
    due_on: date
    message_id: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=new_id)


def add_task(actor: Actor, draft: Draft) -> Task:
    """Give somebody who may read the thread something to do, and show it there as a card; the same id
    again is the same task.

    Raises NotFound (thread or message out of scope), Forbidden, Invalid by field.
    Events: TaskGiven, MessagesPosted.
    """
    subject = _writable(actor, draft.thread_id)
    known = db.session.get(Task, draft.id)
    if known is not None:
        if (known.created_by, known.thread_id) != (actor.user_id, draft.thread_id):
            raise Invalid(_l("Cet identifiant a déjà servi pour une autre demande."), code="id_reused")
        return known
    check_in_thread(actor, draft.thread_id, draft.message_id)
    owner = _check(subject, draft.owner_id, draft.due_on, draft.text)
    task = Task(
        id=draft.id,
        thread_id=draft.thread_id,
        client_id=survivor_of(get_client(actor, subject.client_id)).id,
        message_id=draft.message_id,
        text=draft.text.strip(),
        owner_id=owner.user_id,
        due_on=draft.due_on,
        created_by=actor.user_id,
    )
    db.session.add(task)
    db.session.flush()
    facts = {"owner": owner.handle, "due_on": task.due_on}
    audit.write(actor, "task.add", "task", task.id, thread=task.thread_id, text=task.text, **facts)
    words = words_of(task, owner.name)
    post_act(actor, task.thread_id, client_id=task.id, kind="task", act_id=task.id, body=words)
    record(TaskGiven(task.id, owner.user_id, actor.user_id))
    return task


def change_task(actor: Actor, task_id: uuid.UUID, *, owner_id: uuid.UUID, due_on: date) -> Task:
    """Hand a task over, or put it off. Raises NotFound, Forbidden, Invalid by field.

    Events: ActChanged, and TaskGiven when it is somebody else's now.
    """
    task = get_task(actor, task_id).task
    subject = _writable(actor, task.thread_id)
    before = {"owner": str(task.owner_id), "due_on": task.due_on.isoformat()}
    moved = due_on != task.due_on
    owner = _check(subject, owner_id, due_on if moved else None, task.text)
    given = owner.user_id != task.owner_id
    if not given and not moved:
        return task
    task.owner_id, task.due_on = owner.user_id, due_on
    db.session.flush()
    after = {"owner": str(task.owner_id), "due_on": task.due_on.isoformat()}
    audit.write(actor, "task.change", "task", task.id, before=before, after=after)
    record(ActChanged(task.thread_id, "task", task.id))
    if given:
        record(TaskGiven(task.id, task.owner_id, actor.user_id))
    return task


def set_done(actor: Actor, task_id: uuid.UUID, done: bool = True) -> Task:
    """Say that a task is done, or take it up again; twice is the same as once.

    Raises NotFound, Forbidden. Events: ActChanged.
    """
    task = get_task(actor, task_id).task
    _writable(actor, task.thread_id)
    if (task.done_at is not None) == done:
        return task
    task.done_at, task.done_by = (now(), actor.user_id) if done else (None, None)
    db.session.flush()
    audit.write(actor, "task.done" if done else "task.reopen", "task", task.id)
    record(ActChanged(task.thread_id, "task", task.id))
    return task


def remind_due(limit: int = 500) -> int:
    """Note that the owners of tasks whose day has come are reminded; how many. Events: TasksDue."""
    due = list_due(today(), limit)
    for task in due:
        task.reminded_on = task.due_on
    db.session.flush()
    if due:
        record(TasksDue(tuple(task.id for task in due)))
    return len(due)


def _writable(actor: Actor, thread_id: uuid.UUID) -> Subject:
    """What the thread is about. Raises NotFound, Forbidden."""
    subject = get_subject(actor, thread_id)
    if not may_write(actor, subject):
        raise Forbidden(_l("Votre rôle ne donne pas de tâches dans ce fil."))
    return subject


def _check(subject: Subject, owner_id: uuid.UUID | None, due_on: date | None, text: str) -> Actor:
    """Who will do it. Raises Invalid with a sentence beside each field at fault."""
    errors: dict[str, object] = {}
    owner = find_user_actor(owner_id) if owner_id else None
    if owner is None or not may_read(owner, subject):
        errors["owner_id"] = _l("Choisissez une personne qui lit ce fil.")
    fault = rules.day_fault(due_on, today()) if due_on is not None else None
    if fault is not None:
        errors["due_on"] = FAULTS[fault]
    if not text.strip():
        errors["text"] = _l("Dites ce qu’il y a à faire.")
    elif len(text.strip()) > rules.LONGEST_TEXT:
        errors["text"] = _l("Dites-le en %(n)s caractères au plus.", n=rules.LONGEST_TEXT)
    elif text_fault(text) is not None:
        errors["text"] = text_fault(text)
    if owner is None or errors:
        raise Invalid(REFUSED, errors=errors)
    return owner
