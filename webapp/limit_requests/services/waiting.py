"""What becomes of a request that nobody answers: the role above is asked, and in the end it is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.extensions import db
from webapp.limit_requests import rules
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.queries import parties
from webapp.limit_requests.services.stepping import forget_terms, list_deciders, note_step, stage_for
from webapp.users.actor import system_actor


def escalate_unanswered(day: date, limit: int = 200) -> int:
    """Pass on requests whose day to be answered is over, to the next role above that has somebody for the
    client; with nobody above they stay where they are. Returns how many were looked at.
    Events: LimitRequestChanged."""
    late = (LimitRequest.state == rules.OPEN, LimitRequest.answer_by < day)
    query = select(LimitRequest, Client).join(Client, Client.id == LimitRequest.client_id).where(*late)
    query = query.order_by(LimitRequest.id).limit(limit).with_for_update(of=LimitRequest)
    found = db.session.execute(query).tuples().all()
    people = list_deciders() if found else []
    for request, client in found:
        stage = stage_for(people, client, request.judged, parties(request), above=request.stage)
        if stage is None:
            request.answer_by = None
            continue
        request.stage = stage
        note_step(system_actor(), request, rules.ESCALATE, stage=stage)
    return len(found)


def expire_forgotten(instant: datetime, limit: int = 200) -> int:
    """End what was asked for thirty days before `instant` and still waits. Returns how many.
    Events: LimitRequestChanged."""
    since = instant - timedelta(days=rules.LIFE_DAYS)
    waiting = (LimitRequest.state.in_((rules.OPEN, rules.RETURNED)), LimitRequest.asked_at < since)
    query = select(LimitRequest).where(*waiting).order_by(LimitRequest.id).limit(limit).with_for_update()
    found = db.session.scalars(query).all()
    for request in found:
        request.state = rules.EXPIRED
        forget_terms(request)
        note_step(system_actor(), request, rules.EXPIRE)
    return len(found)
