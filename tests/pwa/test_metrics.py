"""Figures for those who watch: who may read them, what they count, what they never say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core import jobs, metrics
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.models import Job
from webapp.notifications.models import Delivery
from webapp.users.actor import Actor

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}
Tokens = Callable[[Actor], dict[str, str]]


def figures(app: Flask) -> dict[str, float]:
    """Each sample by its name and labels, as a program on this machine reads them."""
    answer = app.test_client().get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def proxied(app: Flask, headers: dict[str, str], *, trusted: bool = True) -> TestResponse:
    """Asked through a proxy on this very machine."""
    client = app.test_client()
    before = app.wsgi_app
    if trusted:
        app.wsgi_app = ProxyFix(before, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    try:
        return client.get("/metrics", headers=headers)
    finally:
        app.wsgi_app = before  # type: ignore[method-assign]


def test_a_program_on_this_machine_reads_them_without_a_token(app: Flask, cast: Cast) -> None:
    assert figures(app)["encours_sockets_open"] == 0


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 proxy"}]
)
def test_whatever_a_proxy_passes_on_is_not_from_this_machine(
    app: Flask, cast: Cast, headers: dict[str, str], trusted: bool
) -> None:
    assert proxied(app, headers, trusted=trusted).status_code == 401


def test_another_name_that_points_here_is_not_this_machine(app: Flask, cast: Cast) -> None:
    answer = app.test_client().get("/metrics", base_url="http://rebound.example")
    assert answer.status_code == 401


def test_from_elsewhere_only_an_administrators_token_opens_them(
    app: Flask, cast: Cast, api_of: Tokens, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    client = app.test_client()
    assert client.get("/metrics", environ_overrides=ELSEWHERE).status_code == 401
    wrong = {"Authorization": "Bearer made-up"}
    assert client.get("/metrics", headers=wrong, environ_overrides=ELSEWHERE).status_code == 401
    for actor in (cast.alice, cast.emma, cast.bob):
        answer = client.get("/metrics", headers=api_of(actor), environ_overrides=ELSEWHERE)
        assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert browser_of(cast.ada).get("/metrics", environ_overrides=ELSEWHERE).status_code == 403
    answer = client.get("/metrics", headers=api_of(cast.ada), environ_overrides=ELSEWHERE)
    assert answer.status_code == 200 and "encours_requests_total" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_requests_are_counted_by_template_method_and_status(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    client = make_client(cast)
    browser = browser_of(cast.bob)
    sheet = 'method="GET",route="/clients/<uuid:client_id>"'
    before = figures(app)
    browser.get(f"/clients/{client.id}")
    browser.get(f"/clients/{new_id()}")
    browser.get("/nowhere/at/all")
    browser.open("/nowhere", method="BREW")
    after = figures(app)

    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grown(f'encours_requests_total{{{sheet},status="200"}}') == 1
    assert grown(f'encours_requests_total{{{sheet},status="404"}}') == 1
    assert grown(f"encours_request_seconds_count{{{sheet}}}") == 2
    assert grown('encours_requests_total{method="GET",route="unmatched",status="404"}') == 1
    assert grown('encours_requests_total{method="other",route="unmatched",status="404"}') == 1


def test_messages_jobs_and_deliveries_are_counted(app: Flask, cast: Cast) -> None:
    invoice = make_invoice(cast, make_client(cast))
    before = figures(app)
    say(cast.bob, invoice.id, "la palette 4 est abîmée")
    late = now() - timedelta(minutes=5)
    with unit_of_work() as session:
        # By hand: `say` and the client wrote jobs of their own, all due now.
        for key, more in {"late": {}, "given-up": {"failed_at": now()}, "done": {"done_at": now()}}.items():
            row = {"id": new_id(), "name": "x", "key": key, "args": {}, "due_at": late, "attempts": 0}
            session.execute(insert(Job).values(**row, **more))
        for state in ("sent", "sent", "gone"):
            session.add(
                Delivery(
                    event_key=str(new_id()),
                    user_id=cast.bob.user_id,
                    subscription_id=new_id(),
                    kind="test",
                    topic="t",
                    payload={},
                    state=state,
                )
            )
    after = figures(app)
    assert after["encours_messages_posted_total"] - before["encours_messages_posted_total"] == 1
    assert after['encours_jobs{state="due"}'] >= 1
    assert after['encours_jobs{state="failed"}'] == 1
    assert after['encours_jobs{state="running"}'] == 0
    assert 300 <= after["encours_jobs_oldest_due_seconds"] < 400
    assert after['encours_deliveries{state="sent"}'] == 2
    assert after['encours_deliveries{state="gone"}'] == 1
    assert after['encours_deliveries{state="failed"}'] == 0
    held = {state: after[f'encours_database_connections{{state="{state}"}}'] for state in ("in_use", "idle")}
    assert sum(held.values()) >= 1
    assert after["process_resident_memory_bytes"] > 1_000_000


def test_a_job_being_run_is_neither_due_nor_late(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})
    with unit_of_work():
        jobs.enqueue("paint", "p:1")
    assert jobs.backlog() == {"due": 1, "running": 0, "failed": 0}
    jobs._claim()
    assert jobs.backlog() == {"due": 0, "running": 1, "failed": 0}
    assert jobs.longest_wait() == 0


def test_a_figure_that_cannot_be_read_does_not_hide_the_others(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def broken() -> float:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(metrics._gauges, "_gauges", {**metrics._gauges._gauges})
    metrics.gauge("encours_sockets_open", "broken", broken)
    found = figures(app)
    assert "encours_sockets_open" not in found
    assert "encours_jobs_oldest_due_seconds" in found


def test_labels_name_no_client_person_id_or_amount(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    client = make_client(cast, legal_name="Canari Menuiserie", ref="C-CANARI")
    invoice = make_invoice(cast, client, 98_765_43, ref="F-CANARI")
    browser = browser_of(cast.bob)
    for path in (
        f"/clients/{client.id}",
        f"/invoices/{invoice.id}",
        "/clients?q=canari",
        "/password/secret-x",
    ):
        browser.get(path)
    text = app.test_client().get("/metrics").text.lower()
    for canary in ("canari", "9876543", "98765", "bob", "secret-x", str(client.id), str(invoice.id)):
        # Alone: the decimals of a measure may hold any digits.
        alone = rf"(?<![\d.]){canary}(?!\d)" if canary.isdigit() else re.escape(canary)
        assert re.search(alone, text) is None, canary
    assert re.search(r'="[0-9a-f]{8}-[0-9a-f]{4}-', text) is None
