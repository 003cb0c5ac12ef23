"""Alerts put to sleep with a reason, and grave ones that nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.forms import submit
from webapp.clients.models import Client
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.extensions import db
from webapp.notifications.models import Notification
from webapp.risk import jobs, queries, services
from webapp.risk.models import Alert
from webapp.users.actor import Actor

SignIn = Callable[[Actor], FlaskClient]
REASON = "Virement annoncé pour lundi"


def breached(cast: Cast) -> tuple[Client, Alert]:
    client = make_client(cast)
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 200_000)
    return client, alerts_of(client, state="open")[0]


def sleep(actor: Actor, alert: Alert, days: int = 3, reason: str = REASON) -> None:
    with unit_of_work():
        services.snooze(actor, alert.id, today() + timedelta(days=days), reason)


def told(kind: str) -> set[object]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_one_put_to_sleep_waits_for_nobody_until_its_day_and_then_for_who_did_it(cast: Cast) -> None:
    client, alert = breached(cast)
    sleep(cast.chloe, alert)
    assert (alert.state, alert.acknowledged_by, alert.snooze_reason) == (
        "acknowledged", cast.chloe.user_id, REASON,
    )  # fmt: skip
    assert queries.count_open(cast.alice) == 0
    for days, state in ((2, "acknowledged"), (3, "open")):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            jobs.run_evaluate_delays()
        assert alerts_of(client)[0].state == state, days
    again = alerts_of(client)[0]
    assert (again.acknowledged_by, again.snoozed_until, again.snooze_reason) == (None, None, None)
    assert told("alert_back") == {cast.chloe.user_id}


def test_one_that_is_over_meanwhile_does_not_come_back(cast: Cast) -> None:
    client, alert = breached(cast)
    sleep(cast.alice, alert)
    make_limit(cast, client, 900_000)
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        jobs.run_evaluate_delays()
    assert alerts_of(client)[0].state == "closed" and told("alert_back") == set()
    with pytest.raises(Conflict):
        sleep(cast.alice, alert)


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [(0, REASON, "until"), (31, REASON, "until"), (-5, REASON, "until"), (3, "  ", "reason"),
     (3, "x" * 401, "reason"), (3, "a\x00b", "reason")],
)  # fmt: skip
def test_a_pause_needs_a_day_and_a_reason(cast: Cast, days: int, reason: str, field: str) -> None:
    client, alert = breached(cast)
    with pytest.raises(Invalid) as refusal:
        sleep(cast.alice, alert, days, reason)
    assert list(refusal.value.errors) == [field]
    assert alerts_of(client)[0].state == "open"
    with pytest.raises(Forbidden):
        sleep(cast.ada, alert)


def working(day: date) -> datetime:
    """That day or the next one people work on, at five."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 16, 0, tzinfo=UTC)


def test_a_grave_one_that_nobody_answers_goes_to_those_above_once(cast: Cast) -> None:
    client, _alert = breached(cast)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        jobs.run_escalate()
    assert alerts_of(client)[0].escalated_at is None
    late = working(today() + timedelta(days=2))
    for moment in (late, late + timedelta(minutes=5)):
        with time_machine.travel(moment, tick=False):
            jobs.run_escalate()
    assert alerts_of(client)[0].escalated_at == late
    assert told("alert_escalated") == {cast.alice.user_id, cast.emma.user_id}


def test_nobody_is_expected_to_answer_at_the_weekend(cast: Cast) -> None:
    client, _alert = breached(cast)
    saturday = today() + timedelta(days=(5 - today().weekday()) % 7 + 7)
    with time_machine.travel(
        datetime(saturday.year, saturday.month, saturday.day, 16, tzinfo=UTC), tick=False
    ):
        jobs.run_escalate()
    assert alerts_of(client)[0].escalated_at is None


def test_what_is_answered_or_not_grave_goes_to_nobody_else(cast: Cast) -> None:
    client, alert = breached(cast)
    sleep(cast.alice, alert, 20)
    other = make_client(cast, ref="C-2")
    make_limit(cast, other, 100_000)
    make_invoice(cast, other, 92_000)
    with time_machine.travel(working(today() + timedelta(days=2)), tick=False):
        jobs.run_escalate()
    assert {each.escalated_at for each in (*alerts_of(client), *alerts_of(other))} == {None}


def test_the_page_puts_it_to_sleep_and_says_why(cast: Cast, browser_of: SignIn) -> None:
    _client, alert = breached(cast)
    chloe, path = browser_of(cast.chloe), f"/alerts/{alert.id}"
    wrong = submit(chloe, f"{path}/snooze", {"until": "demain", "reason": ""})
    assert wrong.status_code == 422 and "Dites pourquoi." in wrong.text and "de demain" in wrong.text
    until = (today() + timedelta(days=3)).isoformat()
    assert submit(chloe, f"{path}/snooze", {"until": until, "reason": REASON}).status_code == 303
    page = browser_of(cast.alice).get(path).text
    assert "En pause" in page and REASON in page and cast.chloe.name in page


def test_programs_put_it_to_sleep_too(cast: Cast, app: Flask, api_of: Callable[..., dict[str, str]]) -> None:
    _client, alert = breached(cast)
    until = (today() + timedelta(days=3)).isoformat()
    said = app.test_client().post(
        f"/api/v1/alerts/{alert.id}/snooze", json={"until": until, "reason": REASON}, headers=api_of(cast.bob)
    )
    assert said.status_code == 200
    assert (said.json["state"], said.json["snoozed_until"], said.json["snooze_reason"]) == (
        "acknowledged", until, REASON,
    )  # fmt: skip
