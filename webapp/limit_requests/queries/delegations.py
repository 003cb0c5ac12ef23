"""Who decides in whose place, and when."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.core.clock import today
from webapp.extensions import db
from webapp.limit_requests.models import Delegation, LimitRequest
from webapp.limit_requests.policy import has_authority, may_read
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.users.policy import may
from webapp.users.queries import list_actors


@dataclass(frozen=True)
class DelegationLine:
    """A delegation with the names of both."""

    delegation: Delegation
    giver: str
    taker: str


def in_force(day: date) -> ColumnElement[bool]:
    """Delegations that hold on this day."""
    dates = and_(Delegation.starts_on <= day, Delegation.ends_on >= day)
    return and_(dates, Delegation.ended_at.is_(None))


def givers_to(user_id: uuid.UUID) -> list[Actor]:
    """Those in whose place this person decides today, as far as they may decide themselves."""
    query = select(Delegation.from_id).where(Delegation.to_id == user_id, in_force(today()))
    ids = set(db.session.scalars(query))
    return [person for person in list_actors(ids) if may(person, "limit.approve")] if ids else []


def takers_of(user_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those who decide today in the place of these."""
    query = select(Delegation.to_id).where(Delegation.from_id.in_(user_ids), in_force(today()))
    return set(db.session.scalars(query)) if user_ids else set()


def authority_for(actor: Actor, request: LimitRequest, client: Client, judged: int) -> Actor | None:
    """Whose authority lets this person decide so much on this request: their own, or that of somebody who
    gave it to them and has no part in the request; None when it takes more."""
    if has_authority(actor, judged):
        return actor
    return next(
        (
            giver
            for giver in givers_to(actor.user_id)
            if giver.user_id not in parties(request)
            and has_authority(giver, judged)
            and may_read(giver, client)
        ),
        None,
    )


def parties(request: LimitRequest) -> set[uuid.UUID]:
    """Who asked, who approved first, and in whose place: none of them decides, themselves or by another."""
    found = (request.asked_by, request.first_by, request.first_for)
    return {each for each in found if each is not None}


def list_delegations(user_id: uuid.UUID) -> list[DelegationLine]:
    """Those this person gave or was given that are not over, the earliest first."""
    giver, taker = aliased(User), aliased(User)
    query = (
        select(Delegation, giver.name, taker.name)
        .join(giver, giver.id == Delegation.from_id)
        .join(taker, taker.id == Delegation.to_id)
        .where((Delegation.from_id == user_id) | (Delegation.to_id == user_id))
        .where(Delegation.ended_at.is_(None), Delegation.ends_on >= today())
        .order_by(Delegation.starts_on, Delegation.id)
    )
    return [DelegationLine(*row) for row in db.session.execute(query).tuples()]


def list_takers(actor: Actor) -> list[Actor]:
    """Those to whom this person may give their authority: whoever decides on limits, but themselves."""
    people: Iterable[Actor] = list_actors()
    able = [each for each in people if may(each, "limit.approve") and each.user_id != actor.user_id]
    return sorted(able, key=lambda each: each.name)
