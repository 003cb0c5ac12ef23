"""Answering an alert: by name and time, given to someone, taken back within a moment."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.extensions import db
from webapp.risk.events import AlertAssigned, AlertChanged
from webapp.risk.models import Alert
from webapp.risk.policy import may_answer_alerts, may_hear_of
from webapp.risk.queries import get_alert
from webapp.risk.queries.alerts import AlertLine
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.queries import find_user_actor

UNDO = timedelta(minutes=2)


def acknowledge(actor: Actor, alert_id: uuid.UUID) -> Alert:
    """Note that this person has taken notice. Whoever comes second changes nothing and sees the first.

    Raises NotFound, Forbidden. Events: AlertChanged.
    """
    alert = _locked(actor, alert_id)
    if alert.state != "open":
        return alert
    alert.state = "acknowledged"
    alert.acknowledged_by = None if actor.user_id == NOBODY else actor.user_id
    alert.acknowledged_at = now()
    _note(actor, "alert.acknowledge", alert)
    return alert


def unacknowledge(actor: Actor, alert_id: uuid.UUID) -> Alert:
    """Take an acknowledgement back, by the same person within two minutes.

    Raises NotFound, Forbidden, Conflict when it is somebody else's, too old, or over.
    Events: AlertChanged.
    """
    alert = _locked(actor, alert_id)
    if alert.state == "open":
        return alert
    if alert.state == "closed":
        raise Conflict(_l("Cette alerte s’est close d’elle-même."))
    if alert.acknowledged_by != actor.user_id:
        raise Conflict(_l("Quelqu’un d’autre a acquitté cette alerte."))
    if alert.acknowledged_at is None or now() - alert.acknowledged_at > UNDO:
        raise Conflict(_l("Il est trop tard pour revenir sur cet acquittement."))
    alert.state, alert.acknowledged_by, alert.acknowledged_at = "open", None, None
    _note(actor, "alert.unacknowledge", alert)
    return alert


def assign(actor: Actor, alert_id: uuid.UUID, user_id: uuid.UUID | None) -> Alert:
    """Give the alert to someone who may answer it (None: to nobody).

    Raises NotFound, Forbidden, Invalid when that person may not see it. Events: AlertChanged,
    AlertAssigned.
    """
    alert = _locked(actor, alert_id)
    if alert.assigned_to == user_id:
        return alert
    if user_id is not None:
        person = find_user_actor(user_id)
        line = get_alert(actor, alert_id)
        if person is None or not may_answer_alerts(person) or not may_hear_of(person, line.client):
            raise Invalid(errors={"user_id": _l("Cette personne ne voit pas cette alerte.")})
    alert.assigned_to = user_id
    _note(actor, "alert.assign", alert, user=str(user_id) if user_id else None)
    if user_id is not None:
        record(AlertAssigned(alert.id, user_id, actor.user_id))
    return alert


def _locked(actor: Actor, alert_id: uuid.UUID) -> Alert:
    """The alert, in scope, its row held until the end of the transaction."""
    line: AlertLine = get_alert(actor, alert_id)
    if not may_answer_alerts(actor):
        raise Forbidden(_l("Votre rôle n’acquitte pas d’alerte."))
    query = select(Alert).where(Alert.id == line.id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _note(actor: Actor, action: str, alert: Alert, **values: object) -> None:
    db.session.flush()
    audit.write(actor, action, "alert", alert.id, client=str(alert.client_id), level=alert.level, **values)
    record(AlertChanged(alert.id, alert.client_id))
