"""Reads of tasks: about clients in scope."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.tasks.models import Task
from webapp.threads.subjects import Subject, read_subjects
from webapp.users.actor import Actor
from webapp.users.models import User

MISSING = _l("Tâche introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
_owner, _doer = aliased(User), aliased(User)


@dataclass(frozen=True)
class TaskLine:
    """A task with the client it concerns and the people it names."""

    task: Task
    client: Client
    owner: str
    done_by: str | None

    @property
    def overdue(self) -> bool:
        return self.task.done_at is None and self.task.due_on < today()


def _select(actor: Actor) -> Any:
    return (
        select(Task, Client, _owner.name, _doer.name)
        .join(Client, Client.id == Task.client_id)
        .join(_owner, _owner.id == Task.owner_id)
        .outerjoin(_doer, _doer.id == Task.done_by)
        .where(in_scope(actor))
    )


def _lines(query: Any) -> list[TaskLine]:
    rows: Any = db.session.execute(query).tuples()
    return [TaskLine(*row) for row in rows]


def get_task(actor: Actor, task_id: uuid.UUID) -> TaskLine:
    """The task, or NotFound."""
    found = _lines(_select(actor).where(Task.id == task_id))
    if not found:
        raise NotFound(MISSING)
    return found[0]


def cards(actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, TaskLine]:
    """What their cards show, by id; those out of scope are missing. One query."""
    return {line.task.id: line for line in _lines(_select(actor).where(Task.id.in_(ids)))}


def list_tasks(
    actor: Actor,
    *,
    mine: bool = False,
    done: bool = False,
    limit: int = 50,
    thread_id: uuid.UUID | None = None,
    after: Sequence[object] | None = None,
) -> list[TaskLine]:
    """Tasks in scope, the earliest day first; `limit + 1` so that one knows whether more follow."""
    query = _select(actor).where(Task.done_at.is_not(None) if done else Task.done_at.is_(None))
    if mine:
        query = query.where(Task.owner_id == actor.user_id)
    if thread_id is not None:
        query = query.where(Task.thread_id == thread_id)
    if after is not None:
        query = query.where(tuple_(Task.due_on, Task.id) > tuple_(*after))
    return _lines(query.order_by(Task.due_on, Task.id).limit(limit + 1))


def count_due(actor: Actor) -> int:
    """How many of one's own tasks are due today or late."""
    query = select(func.count()).select_from(Task).join(Client, Client.id == Task.client_id)
    mine = (Task.owner_id == actor.user_id, Task.done_at.is_(None), Task.due_on <= today())
    return db.session.scalar(query.where(in_scope(actor), *mine)) or 0


def subjects_of(lines: Collection[TaskLine]) -> dict[uuid.UUID, Subject]:
    """What the threads of these tasks are about, by thread. One query."""
    return read_subjects((line.task.thread_id, None) for line in lines)


def list_due(day: date, limit: int = 500) -> list[Task]:
    """Tasks whose day has come and whose owner has not been reminded of it, unscoped: for the job."""
    query = select(Task).where(
        Task.done_at.is_(None),
        Task.due_on <= day,
        Task.reminded_on.is_distinct_from(Task.due_on),
    )
    return list(db.session.scalars(query.order_by(Task.id).limit(limit).with_for_update()))
