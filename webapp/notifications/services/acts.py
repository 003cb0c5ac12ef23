"""Who is told of acts of a thread: a promise that was missed, a task, a request for a credit note.

Rights are asked for each person: who no longer sees the client hears nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from webapp.clients.models import Client
from webapp.clients.policy import may_see
from webapp.core.ids import new_id
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.policy import may_answer
from webapp.limit_requests import rules as limits
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.policy import may_hear_of, may_read
from webapp.limit_requests.queries import parties, takers_of
from webapp.notifications import rules
from webapp.notifications.rules import Candidate
from webapp.notifications.services.telling import CHUNK, Told, with_clients
from webapp.promises.models import Promise
from webapp.tasks.models import Task
from webapp.users.actor import Actor
from webapp.users.queries import list_actors


def tell_of_broken_promises(promise_ids: Sequence[uuid.UUID]) -> None:
    """Who took it, the client's representative and branch managers, the credit managers."""
    people, told = list_actors(), Told()
    for start in range(0, len(promise_ids), CHUNK):
        for promise, client in with_clients(Promise, promise_ids[start : start + CHUNK]):
            candidates = (
                Candidate(person.user_id, person.role, may_see(person, client)) for person in people
            )
            heard = rules.promise_recipients(promise.taken_by, client.sales_rep_id, candidates)
            told.tell(
                (person for person in people if person.user_id in heard),
                "promise_broken",
                f"promise_broken:{promise.id}",
                f"/promises/{promise.id}",
                client.id,
            )
    told.write()


def tell_of_task(task_id: uuid.UUID, owner_id: uuid.UUID, by_id: uuid.UUID) -> None:
    """A task is somebody's now: tell them, unless they took it themselves."""
    if owner_id != by_id:
        _tell_owners("task_given", [task_id], f":{new_id()}", by_id)


def tell_of_due_tasks(task_ids: Sequence[uuid.UUID]) -> None:
    """The owners, on the morning of the day."""
    for start in range(0, len(task_ids), CHUNK):
        _tell_owners("task_due", task_ids[start : start + CHUNK])


def _tell_owners(
    kind: str, task_ids: Sequence[uuid.UUID], once: str = "", by: uuid.UUID | None = None
) -> None:
    rows, told = with_clients(Task, task_ids), Told()
    people = {person.user_id: person for person in list_actors({task.owner_id for task, _client in rows})}
    for task, client in rows:
        owner = people.get(task.owner_id)
        if owner is not None and may_see(owner, client):
            key = f"{kind}:{task.id}{once or f':{task.due_on}'}"
            told.tell([owner], kind, key, f"/tasks/{task.id}", client.id, by)
    told.write()


def tell_of_credit_asked(request_id: uuid.UUID) -> None:
    """Accountants and credit managers, but not the one who asks."""
    ((request, client),) = with_clients(CreditRequest, [request_id])
    people = [
        person
        for person in list_actors()
        if person.role in rules.CREDITORS and may_answer(person) and person.user_id != request.asked_by
    ]
    _tell_of_credit(people, "credit_asked", request, client, request.asked_by)


def tell_of_credit_answered(request_id: uuid.UUID) -> None:
    """The answer, to the one who asked, unless it is their own."""
    ((request, client),) = with_clients(CreditRequest, [request_id])
    if request.asked_by != request.answered_by:
        people = [person for person in list_actors([request.asked_by]) if may_see(person, client)]
        _tell_of_credit(people, "credit_answered", request, client, request.answered_by)


def _tell_of_credit(
    people: Sequence[Actor], kind: str, request: CreditRequest, client: Client, by: uuid.UUID | None
) -> None:
    told = Told()
    told.tell(people, kind, f"{kind}:{request.id}", f"/credit-requests/{request.id}", client.id, by)
    told.write()


def tell_of_limit_request(request_id: uuid.UUID, step: str) -> None:
    """Those it waits for, when it is made, answered, passed on or approved by a first of two; the one who
    asked, when something is asked back or it is decided."""
    ((request, client),) = with_clients(LimitRequest, [request_id])
    by = request.decided_by or request.asked_by
    answers = {limits.ASK: "limit_returned", limits.EXPIRE: "limit_expired"}
    answers |= dict.fromkeys((limits.APPROVE, limits.REJECT), "limit_decided")
    if step in answers:
        kind = answers[step]
        people = [person for person in list_actors([request.asked_by]) if may_read(person, client)]
        by = request.decided_by if step in (limits.APPROVE, limits.REJECT) else None
    elif step in (limits.WITHDRAW, limits.RECORD):
        return
    else:
        kind, everyone = "limit_asked", list_actors()
        asked = {each.user_id for each in everyone if may_hear_of(each, client, request.stage)}
        asked |= takers_of(asked)
        people = [
            each for each in everyone if each.user_id in asked - parties(request) and may_read(each, client)
        ]
    told = Told()
    url = f"/limit-requests/{request.id}"
    told.tell(people, kind, f"{kind}:{request.id}:{request.revision}", url, client.id, by)
    told.write()
