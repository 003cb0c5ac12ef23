"""Facts attached to what they speak for or against: an invoice, a dispute, whatever registered itself."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.visits.attaching import get_kind
from webapp.visits.events import FactsChanged
from webapp.visits.models import Fact, FactLink
from webapp.visits.policy import may_record
from webapp.visits.queries import get_fact

NOT_YOURS = _l("Votre rôle ne rattache pas de faits.")


def attach_fact(actor: Actor, fact_id: uuid.UUID, subject_type: str, subject_id: uuid.UUID) -> Fact:
    """Attach a fact to something of the same client; done twice, it is attached once.

    Raises NotFound (fact or thing out of scope, no such kind of thing), Forbidden, Invalid.
    Events: FactsChanged.
    """
    fact = _linkable(actor, fact_id)
    if get_kind(subject_type).client_of(actor, subject_id) != fact.client_id:
        raise Invalid(errors={"fact_id": _l("Ce fait est d’un autre client.")})
    key = {"fact_id": fact.id, "subject_type": subject_type, "subject_id": subject_id}
    if db.session.get(FactLink, tuple(key.values())) is None:
        db.session.add(FactLink(**key, linked_by=actor.user_id))
        db.session.flush()
        audit.write(actor, "fact.attach", "fact", fact.id, to=subject_type, id=str(subject_id))
        record(FactsChanged((fact.client_id,)))
    return fact


def detach_fact(actor: Actor, fact_id: uuid.UUID, subject_type: str, subject_id: uuid.UUID) -> Fact:
    """Take a fact off a thing again. Raises NotFound, Forbidden. Events: FactsChanged."""
    fact = _linkable(actor, fact_id)
    get_kind(subject_type).client_of(actor, subject_id)
    known = db.session.get(FactLink, (fact.id, subject_type, subject_id))
    if known is not None:
        db.session.delete(known)
        db.session.flush()
        audit.write(actor, "fact.detach", "fact", fact.id, of=subject_type, id=str(subject_id))
        record(FactsChanged((fact.client_id,)))
    return fact


def _linkable(actor: Actor, fact_id: uuid.UUID) -> Fact:
    fact = get_fact(actor, fact_id).fact
    if not may_record(actor):
        raise Forbidden(NOT_YOURS)
    return fact
