"""Who is told what becomes of an alert: that it is back after a pause, or that nobody has answered it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from webapp.clients.models import Client
from webapp.core.clock import today
from webapp.notifications import rules
from webapp.notifications.services.telling import CHUNK, Told, with_clients
from webapp.risk.models import Alert
from webapp.risk.policy import may_answer_alerts, may_hear_of
from webapp.users.actor import Actor
from webapp.users.queries import list_actors


def tell_of_alert_back(alert_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Who had put it to sleep, as far as they still see the client."""
    told = Told()
    for _alert, client in with_clients(Alert, [alert_id]):
        people = [each for each in list_actors([user_id]) if _entitled(each, client)]
        _tell(told, people, "alert_back", alert_id, client, today())
    told.write()


def tell_of_escalated(alert_ids: Sequence[uuid.UUID]) -> None:
    """Credit managers and the CFO."""
    above, told = [each for each in list_actors() if each.role in rules.ABOVE], Told()
    for start in range(0, len(alert_ids), CHUNK):
        for alert, client in with_clients(Alert, alert_ids[start : start + CHUNK]):
            people = [each for each in above if _entitled(each, client)]
            _tell(told, people, "alert_escalated", alert.id, client, today())
    told.write()


def _tell(
    told: Told, people: Sequence[Actor], kind: str, alert_id: uuid.UUID, client: Client, day: date
) -> None:
    told.tell(people, kind, f"{kind}:{alert_id}:{day}", f"/alerts/{alert_id}", client.id)


def _entitled(person: Actor, client: Client) -> bool:
    return may_answer_alerts(person) and may_hear_of(person, client)
