"""Giving one's authority over limits to somebody for a time, and taking it back."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now, today
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.limit_requests.models import Delegation
from webapp.limit_requests.queries.delegations import list_takers
from webapp.limit_requests.rules import LONGEST_DELEGATION
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may


def delegate(
    actor: Actor, to_id: uuid.UUID | None, starts_on: date | None, ends_on: date | None
) -> Delegation:
    """Have somebody who decides on limits decide in one's place too, from day to day. Raises Forbidden,
    Invalid by field (nobody, oneself, no right; no day, past, reversed, too long; given already then)."""
    if not may(actor, "limit.approve"):
        raise Forbidden(_l("Votre rôle ne décide pas des plafonds."))
    errors: dict[str, object] = {}
    if to_id is None or to_id not in {each.user_id for each in list_takers(actor)}:
        errors["to_id"] = _l("Choisissez une personne qui décide des plafonds.")
    if starts_on is None or starts_on < today():
        errors["starts_on"] = _l("Indiquez un jour à venir.")
    if ends_on is None or ends_on < (starts_on or today()):
        errors["ends_on"] = _l("Indiquez une fin après le début.")
    elif starts_on and ends_on > starts_on + timedelta(days=LONGEST_DELEGATION):
        errors["ends_on"] = _l("%(n)s jours au plus.", n=LONGEST_DELEGATION)
    if not errors and _overlaps(actor.user_id, starts_on, ends_on):
        errors["starts_on"] = _l("Vous avez déjà délégué à ces dates.")
    if errors or to_id is None or starts_on is None or ends_on is None:
        raise Invalid(_l("La délégation n’est pas enregistrée."), errors=errors)
    row = Delegation(id=new_id(), from_id=actor.user_id, to_id=to_id, starts_on=starts_on, ends_on=ends_on)
    db.session.add(row)
    db.session.flush()
    days = {"from": starts_on.isoformat(), "until": ends_on.isoformat()}
    audit.write(actor, "delegation.give", "delegation", row.id, to=to_id, **days)
    return row


def end_delegation(actor: Actor, delegation_id: uuid.UUID) -> None:
    """Take it back, from now on. Raises NotFound for what is somebody else's or over."""
    row = db.session.get(Delegation, delegation_id)
    if row is None or row.from_id != actor.user_id or row.ended_at is not None:
        raise NotFound(_l("Cette délégation n’existe pas, ou est finie."))
    row.ended_at = now()
    db.session.flush()
    audit.write(actor, "delegation.end", "delegation", row.id)


def _overlaps(user_id: uuid.UUID, starts_on: date | None, ends_on: date | None) -> bool:
    same = (Delegation.from_id == user_id, Delegation.ended_at.is_(None))
    query = select(Delegation.id).where(
        *same, Delegation.starts_on <= ends_on, Delegation.ends_on >= starts_on
    )
    return db.session.scalar(query.limit(1)) is not None
