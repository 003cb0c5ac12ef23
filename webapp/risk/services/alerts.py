"""Answering an alert: by name and time, for a while, given to someone, taken back within a moment."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.risk import rules
from webapp.risk.events import AlertAssigned, AlertBack, AlertChanged, AlertsEscalated
from webapp.risk.models import Alert
from webapp.risk.policy import may_answer_alerts, may_hear_of
from webapp.risk.queries import get_alert
from webapp.risk.queries.alerts import AlertLine
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.queries import find_user_actor

UNDO = timedelta(minutes=2)
LONGEST_REASON = 400


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


def snooze(actor: Actor, alert_id: uuid.UUID, until: date, reason: str) -> Alert:
    """Take notice for a while: on `until` (tomorrow to thirty days ahead) it waits for an answer again.

    Raises NotFound, Forbidden, Conflict when it is over, Invalid by field. Events: AlertChanged.
    """
    alert, day, words = _locked(actor, alert_id), today(), reason.strip()
    if alert.state == "closed":
        raise Conflict(_l("Cette alerte s’est close d’elle-même."))
    errors: dict[str, object] = {}
    if not day < until <= day + timedelta(days=rules.LONGEST_SNOOZE):
        errors["until"] = _l("Choisissez un jour, de demain à dans %(n)s jours.", n=rules.LONGEST_SNOOZE)
    if not words:
        errors["reason"] = _l("Dites pourquoi.")
    elif len(words) > LONGEST_REASON:
        errors["reason"] = _l("Dites-le en %(n)s caractères au plus.", n=LONGEST_REASON)
    elif (fault := text_fault(words)) is not None:
        errors["reason"] = fault
    if errors:
        raise Invalid(_l("L’alerte n’est pas mise en pause."), errors=errors)
    alert.state = "acknowledged"
    alert.acknowledged_by = None if actor.user_id == NOBODY else actor.user_id
    alert.acknowledged_at = now()
    alert.snoozed_until, alert.snooze_reason = until, words
    _note(actor, "alert.snooze", alert, until=until.isoformat(), reason=words)
    return alert


def wake_snoozed() -> list[uuid.UUID]:
    """Let those whose day has come wait for an answer again; their ids.

    Events: AlertChanged and AlertBack for each.
    """
    due = select(Alert).where(Alert.state == "acknowledged", Alert.snoozed_until <= today())
    alerts = db.session.scalars(due.with_for_update()).all()
    for alert in alerts:
        slept_by = alert.acknowledged_by
        _open_again(alert)
        alert.escalated_at = None
        record(AlertChanged(alert.id, alert.client_id))
        if slept_by is not None:
            record(AlertBack(alert.id, slept_by))
    db.session.flush()
    return [alert.id for alert in alerts]


def escalate_unanswered() -> list[uuid.UUID]:
    """Tell those above of grave alerts that nobody has answered for the better part of a day, once each;
    their ids. Events: AlertsEscalated."""
    before = now() - rules.ANSWERED_WITHIN
    unanswered = (Alert.state == "open", Alert.severity == rules.GRAVE, Alert.escalated_at.is_(None))
    rows = db.session.execute(
        update(Alert)
        .where(*unanswered, Alert.raised_at <= before)
        .values(escalated_at=now())
        .returning(Alert.id)
        .execution_options(synchronize_session=False)
    )
    ids = tuple(rows.scalars())
    if ids:
        db.session.expire_all()
        record(AlertsEscalated(ids))
    return list(ids)


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
    _open_again(alert)
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


def _open_again(alert: Alert) -> None:
    alert.state, alert.acknowledged_by, alert.acknowledged_at = "open", None, None
    alert.snoozed_until, alert.snooze_reason = None, None


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
