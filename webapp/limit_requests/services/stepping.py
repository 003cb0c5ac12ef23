"""Each step of a request: its line in the history, the audit entry, the event, another revision."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from webapp.clients.models import Client
from webapp.core.clock import today
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.limit_requests import rules
from webapp.limit_requests.events import LimitRequestChanged
from webapp.limit_requests.models import LimitRequest, LimitRequestStep
from webapp.limit_requests.policy import may_hear_of
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.queries import list_actors


def stage_for(
    people: Collection[Actor],
    client: Client,
    judged: int,
    away: Collection[uuid.UUID | None],
    above: str = "",
) -> str | None:
    """The lowest role that may decide so much and has somebody of these for this client, those `away` not
    counted; of roles above `above` alone where one is named. None: there is nobody."""
    roles = list(rules.TIERS)
    able = [role for role in roles if rules.is_within(role, judged)]
    free = [person for person in people if person.user_id not in away]
    higher = [role for role in able if not above or roles.index(role) > roles.index(above)]
    return next((role for role in higher if any(may_hear_of(each, client, role) for each in free)), None)


def list_deciders() -> list[Actor]:
    """Everybody whose role decides on limits, in two queries."""
    return list_actors(roles=rules.TIERS)


def forget_terms(request: LimitRequest) -> None:
    """What a first person approved holds no longer."""
    request.first_by = request.first_for = None
    request.granted = request.granted_until = request.conditions = None


def note_step(
    actor: Actor,
    request: LimitRequest,
    kind: str,
    words: str | None = None,
    *,
    in_place_of: uuid.UUID | None = None,
    **facts: object,
) -> None:
    """Note what was just done to the request, whose time to be answered starts again when it goes on
    waiting. Events: LimitRequestChanged."""
    request.revision += 1
    if request.state == rules.OPEN:
        request.answer_by = rules.answer_day(today())
    db.session.flush()
    by = None if actor.user_id == NOBODY else actor.user_id
    step = LimitRequestStep(id=new_id(), request_id=request.id, kind=kind, by=by, words=words)
    step.for_id = in_place_of
    db.session.add(step)
    db.session.flush()
    said: dict[str, object] = {"words": words} if words else {}
    if in_place_of is not None:
        said["in_place_of"] = in_place_of
    audit.write(actor, f"limit_request.{kind}", "limit_request", request.id, **facts, **said)
    record(LimitRequestChanged(request.id, request.client_id, kind))
