"""Requests with their client and people, and the steps of one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.limit_requests.models import LimitRequest, LimitRequestStep
from webapp.risk.policy import may_read_limits
from webapp.users.actor import Actor
from webapp.users.models import Branch, User

MISSING = _l("Demande de plafond introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
_asker, _decider = aliased(User), aliased(User)


@dataclass(frozen=True)
class RequestLine:
    """A request with its client, who asked, who decided."""

    request: LimitRequest
    client: Client
    branch: str
    asked_by: str
    decided_by: str | None


@dataclass(frozen=True)
class StepLine:
    """A step with the name of who took it (None: the product itself), and in whose place."""

    step: LimitRequestStep
    name: str | None
    place_of: str | None


def _select(actor: Actor) -> Any:
    return (
        select(LimitRequest, Client, Branch.name, _asker.name, _decider.name)
        .join(Client, Client.id == LimitRequest.client_id)
        .join(Branch, Branch.id == Client.branch_id)
        .join(_asker, _asker.id == LimitRequest.asked_by)
        .outerjoin(_decider, _decider.id == LimitRequest.decided_by)
        .where(in_scope(actor))
    )


def _lines(query: Any) -> list[RequestLine]:
    return [RequestLine(*row) for row in db.session.execute(query).tuples()]


def get_request(actor: Actor, request_id: uuid.UUID) -> RequestLine:
    """The request, or NotFound: also for who sees no limits."""
    found = _lines(_select(actor).where(LimitRequest.id == request_id)) if may_read_limits(actor) else []
    if not found:
        raise NotFound(MISSING)
    return found[0]


def list_requests(
    actor: Actor,
    *,
    state: str | None = None,
    client_id: uuid.UUID | None = None,
    limit: int = 50,
    after: Sequence[object] | None = None,
) -> list[RequestLine]:
    """Requests, latest first; `limit + 1` so that one knows whether more follow. [] without the right."""
    if not may_read_limits(actor):
        return []
    query = _select(actor)
    if state is not None:
        query = query.where(LimitRequest.state == state)
    if client_id is not None:
        query = query.where(LimitRequest.client_id == client_id)
    if after is not None:
        query = query.where(tuple_(LimitRequest.asked_at, LimitRequest.id) < tuple_(*after))
    return _lines(query.order_by(LimitRequest.asked_at.desc(), LimitRequest.id.desc()).limit(limit + 1))


def list_steps(request_id: uuid.UUID) -> list[StepLine]:
    """The steps of a request known to be in scope, the first one first."""
    rows: Any = db.session.execute(
        select(LimitRequestStep, _decider.name, _asker.name)
        .outerjoin(_decider, _decider.id == LimitRequestStep.by)
        .outerjoin(_asker, _asker.id == LimitRequestStep.for_id)
        .where(LimitRequestStep.request_id == request_id)
        .order_by(LimitRequestStep.id)
    ).tuples()
    return [StepLine(*row) for row in rows]
