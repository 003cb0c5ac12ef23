"""What becomes of a fact: confirmed, it holds again; no longer true, it has ended."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden
from webapp.core.events import record
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.visits import rules
from webapp.visits.events import FactsChanged
from webapp.visits.models import Fact
from webapp.visits.policy import may_record
from webapp.visits.queries import find_kind, get_fact

NOT_YOURS = _l("Votre rôle ne juge pas des faits.")
OVER = _l("Ce fait n’a plus cours.")


def confirm_fact(actor: Actor, fact_id: uuid.UUID) -> Fact:
    """Still true today: it holds for as many days again as its kind says now.

    Raises NotFound, Forbidden, Conflict when it has ended or another stands for it. Events: FactsChanged.
    """
    fact = _live(actor, fact_id)
    kind = find_kind(fact.kind)
    days = kind.days if kind is not None else (fact.expires_on - fact.seen_on).days
    fact.confirmed_at, fact.confirmed_by = now(), actor.user_id
    fact.expires_on = max(fact.expires_on, rules.last_day(today(), days))
    db.session.flush()
    audit.write(actor, "fact.confirm", "fact", fact.id, expires_on=fact.expires_on)
    record(FactsChanged((fact.client_id,)))
    return fact


def end_fact(actor: Actor, fact_id: uuid.UUID) -> Fact:
    """No longer true: it counts for nothing from now on, and its story stays.

    Raises NotFound, Forbidden, Conflict when it has ended before, or another stands for it.
    Events: FactsChanged.
    """
    fact = _live(actor, fact_id)
    fact.ended_at, fact.ended_by = now(), actor.user_id
    db.session.flush()
    audit.write(actor, "fact.end", "fact", fact.id, kind=fact.kind)
    record(FactsChanged((fact.client_id,)))
    return fact


def _live(actor: Actor, fact_id: uuid.UUID) -> Fact:
    """The fact in scope, locked, that may still be judged."""
    fact = get_fact(actor, fact_id).fact
    if not may_record(actor):
        raise Forbidden(NOT_YOURS)
    db.session.refresh(fact, with_for_update=True)
    if fact.ended_at is not None or fact.replaced_by is not None:
        raise Conflict(OVER)
    return fact
