"""Logs say what happened and where, with ids to follow it by, and never what it was about."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from tests.factories.books import make_client, make_invoice
from tests.factories.imports import bring
from tests.factories.people import Cast
from tests.factories.talk import say
from tests.users.conftest import PASSWORD, csrf_of
from webapp import create_app
from webapp.config import Settings
from webapp.core import jobs, logs
from webapp.core.db import unit_of_work
from webapp.extensions import limiter
from webapp.home import views as home_views
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor, system_actor
from webapp.users.security import make_hash
from webapp.users.services import create_token, set_password

Lines = Callable[[], list[dict[str, Any]]]


class Written:
    """What went to stderr so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self._text = capsys, ""

    @property
    def text(self) -> str:
        self._text += self._capsys.readouterr().err
        return self._text


@pytest.fixture
def written(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """All that production would write during the test."""
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    logs.configure(production=True)
    yield Written(capsys)
    logs.configure(production=False)
    logging.getLogger().handlers, logging.getLogger().level = handlers, level
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(written: Written) -> Lines:
    return lambda: [json.loads(line) for line in written.text.splitlines()]


def test_a_request_is_one_line_with_its_route_not_its_address(
    cast: Cast, browser_of: Callable[[Actor], FlaskClient], lines: Lines
) -> None:
    client = make_client(cast)
    browser = browser_of(cast.bob)
    browser.get(f"/clients/{client.id}?q=secret")
    [line] = [each for each in lines() if each["event"] == "request"]
    assert {key: line[key] for key in ("method", "route", "status", "level", "actor")} == {
        "method": "GET",
        "route": "/clients/<uuid:client_id>",
        "status": 200,
        "level": "info",
        "actor": str(cast.bob.user_id),
    }
    assert line["ms"] > 0 and len(line["request_id"]) == 12 and line["timestamp"].endswith("Z")


@pytest.mark.parametrize("given", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "a.b_c-d.1", "0123456789abcdef" * 4])
def test_a_sane_request_id_is_taken_over_and_said_back(
    app: Flask, cast: Cast, lines: Lines, given: str
) -> None:
    answer = app.test_client().get("/api/v1/clients", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == answer.get_json()["request_id"] == given
    assert lines()[-1]["request_id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space in it", "<script>alert(1)</script>", "é" * 9]
)
def test_any_other_is_replaced(app: Flask, cast: Cast, lines: Lines, given: str) -> None:
    answer = app.test_client().get("/api/v1/clients", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == answer.get_json()["request_id"] == lines()[-1]["request_id"]
    assert answer.headers["X-Request-Id"] != given


def test_an_address_nobody_serves_leaves_no_trace_of_itself(app: Flask, cast: Cast, lines: Lines) -> None:
    app.test_client().get("/secret-path-7")
    assert lines()[-1]["route"] == "unmatched"
    assert "secret-path-7" not in json.dumps(lines())


def test_health_is_not_logged_while_all_is_well(app: Flask, db: object, lines: Lines) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert app.test_client().get(path).status_code == 200
    assert lines() == []


def test_a_failure_tells_its_type_and_place_and_whose_request_it_was(
    cast: Cast, browser_of: Callable[[Actor], FlaskClient], lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, "boum")
    answer = browser_of(cast.bob).get("/")
    assert answer.status_code == 500
    failure, request = lines()
    assert (failure["level"], failure["error"]) == ("error", "RuntimeError")
    assert failure["exception"][0]["type"] == "builtins.RuntimeError"
    assert failure["exception"][0]["at"][-1].split(" ")[0].split(":")[0].endswith("test_logs.py")
    assert failure["actor"] == request["actor"] == str(cast.bob.user_id)
    assert failure["request_id"] == request["request_id"] in answer.text
    assert (request["level"], request["status"]) == ("warning", 500)


def test_a_job_names_itself_in_every_line_it_causes(
    db: object, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})

    @jobs.job("paint")
    def _paint(colour: str) -> None:
        logging.getLogger("webapp.paint").warning("the pot is empty")
        raise RuntimeError(colour)

    with unit_of_work():
        jobs.enqueue("paint", "p:1", colour="vermillon")
    jobs.run_due()
    said, failed, ended = lines()
    assert [each["job"] for each in (said, failed, ended)] == ["paint"] * 3
    assert said["job_id"] == failed["job_id"] == ended["job_id"]
    assert (ended["event"], ended["outcome"], ended["attempt"]) == ("job", "again", 1)
    assert "vermillon" not in json.dumps([said, failed, ended])
    logging.getLogger("webapp.paint").warning("afterwards")
    assert "job" not in lines()[-1]


def test_what_runs_every_few_seconds_is_only_heard_of_when_it_fails(
    db: object, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [RuntimeError("once")]
    monkeypatch.setattr(jobs, "_handlers", {"audit.seal": (lambda: _raise(faults), jobs.LEASE)})
    assert "audit.seal" in jobs.unremarkable
    for number in (1, 2):
        with unit_of_work():
            jobs.enqueue("audit.seal", f"s:{number}")
        jobs.run_due(limit=1)
    assert [(each["event"], each.get("outcome")) for each in lines()] == [
        ("job failed", None),
        ("job", "again"),
    ]


def _raise(faults: list[RuntimeError]) -> None:
    if faults:
        raise faults.pop()


def test_at_a_desk_a_line_is_read_by_people(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    logs.configure(production=False)
    app.test_client().get("/api/v1/clients")
    line = written.text
    assert "request" in line and "route=/api/v1/clients" in line and "status=401" in line
    assert not line.startswith("{")


def broken(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The home page fails, with values in the message and in a local variable."""

    def fail(*_: object, **__: object) -> None:
        local = text
        raise RuntimeError(local)

    monkeypatch.setattr(home_views, "list_waiting", fail)


CANARY = {
    "name": "Menuiserie Canari",
    "amount": "9876543",
    "email": "canari.compta@example.fr",
    "text": "les canaris chantent",
    "password": PASSWORD,
}


def test_a_busy_day_leaves_no_name_amount_address_text_or_token_in_the_logs(
    app: Flask,
    cast: Cast,
    browser_of: Callable[[Actor], FlaskClient],
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unit_of_work():
        set_password(system_actor(), cast.bob.user_id, make_hash(PASSWORD))
        token = create_token(system_actor(), cast.sonia.user_id)
    as_program(app, token)
    as_person(app, cast, browser_of(cast.sonia))
    as_forgetful(app)
    as_importer(cast)
    failing(cast, browser_of(cast.bob), monkeypatch)
    text = written.text
    assert text.count('"event": "request"') > 15
    assert text.count('"exception"') >= 2 and '"event": "job failed"' in text
    spellings = [*CANARY.values(), token, "98 765", "98765", "Canari", "canari", "F-CANARI", "bob@encours"]
    text = re.sub(r'"timestamp": "[^"]*"', "", text)  # a microsecond may hold any digits
    assert [each for each in spellings if each in text] == []


def as_program(app: Flask, token: str) -> None:
    """The API: what works, what is refused for its content, with a good and a made-up token."""
    program = app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    client = {"legal_name": CANARY["name"], "branch": "Lyon", "email": CANARY["email"]}
    invoice = {
        "client_ref": "C-CANARI",
        "issued_on": "2026-10-01",
        "due_on": "2026-10-31",
        "gross": {"amount": int(CANARY["amount"]), "currency": "EUR"},
    }
    assert program.put("/api/v1/clients/by-ref/C-CANARI", json=client, headers=headers).status_code == 201
    put = program.put("/api/v1/invoices/by-ref/F-CANARI", json=invoice, headers=headers)
    assert put.status_code == 201
    wrong = {**invoice, "gross": CANARY["name"], CANARY["text"]: CANARY["email"]}
    answer = program.put("/api/v1/invoices/by-ref/F-CANARI-2", json=wrong, headers=headers)
    assert answer.status_code == 422
    thread = put.get_json()["thread_id"]
    message = {"client_id": "01a2015e-0000-4000-8000-00000000000a", "body": CANARY["text"]}
    assert (
        program.post(f"/api/v1/threads/{thread}/messages", json=message, headers=headers).status_code == 201
    )
    assert program.get("/api/v1/clients", headers={"Authorization": f"Bearer {token}x"}).status_code == 401
    program.get(f"/api/v1/clients?q={CANARY['name']}&nonsense={CANARY['email']}", headers=headers)
    program.get(f"/password/{token}")
    program.get(f"/{CANARY['email']}/{token}")


def as_person(app: Flask, cast: Cast, browser: FlaskClient) -> None:
    """Pages: a search, a form that is refused, a sheet."""
    browser.get("/clients", query_string={"q": CANARY["name"]})
    csrf = csrf_of(browser, "/settings/about")
    form = {"csrf_token": csrf, "ref": "C-CANARI", "legal_name": CANARY["name"], "email": CANARY["text"]}
    assert browser.post("/clients/new", data=form).status_code in (409, 422)
    browser.post("/clients/new", data={**form, "csrf_token": CANARY["text"]})


def as_forgetful(app: Flask) -> None:
    """Signing in with the wrong password, then with the right one."""
    visitor = app.test_client()
    form = {"csrf_token": csrf_of(visitor), "email": CANARY["email"], "password": CANARY["text"]}
    assert visitor.post("/sign-in", data=form).status_code == 422
    form = {"csrf_token": csrf_of(visitor), "email": "bob@encours.test", "password": PASSWORD}
    assert visitor.post("/sign-in", data=form).status_code == 303


def test_who_tries_too_often_is_not_named(
    settings: Settings, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not settings.sqlite:
        pytest.skip("needs a database of its own: SQLite")
    shutil.copy(settings.instance_path / "template.db", tmp_path / "encours.db")
    url = f"sqlite:///{tmp_path / 'encours.db'}"
    own = replace(settings, instance_path=tmp_path, database_url=url, extra={"RATELIMIT_ENABLED": True})
    visitor = create_app(own).test_client()
    try:
        form = {"csrf_token": csrf_of(visitor), "email": CANARY["email"], "password": "x"}
        statuses = [visitor.post("/sign-in", data=form).status_code for _ in range(12)]
    finally:
        limiter.enabled = False
    assert statuses[-1] == 429
    text = capsys.readouterr().err
    assert "status=429" in text and CANARY["email"] not in text


def as_importer(cast: Cast) -> None:
    """A file with a good and a bad row."""
    rows = f"F-CANARI-3;C-CANARI;{CANARY['name']};2026-11-02;2026-12-02;98765.43\nF-CANARI-4;;;x;y;z\n"
    bring(cast.sonia, "invoice number;customer number;customer name;invoice date;due date;amount\n" + rows)


def failing(cast: Cast, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw: a page, a job, the database refusing a row full of values."""
    client = make_client(cast, legal_name=CANARY["name"], ref="C-CANARI-5")
    invoice = make_invoice(cast, client, int(CANARY["amount"]), ref="F-CANARI-5")
    say(cast.bob, invoice.id, CANARY["text"])
    monkeypatch.setattr(jobs, "_handlers", {})

    @jobs.job("twice")
    def _twice(values: dict[str, str]) -> None:
        with unit_of_work() as session:
            session.execute(insert(Invoice).values(ref="F-CANARI-5", client_id=client.id, gross=9_876_543))

    with unit_of_work():
        jobs.enqueue("twice", "t:1", values=CANARY)
    jobs.run_due()
    broken(monkeypatch, " ".join(CANARY.values()))
    assert browser.get("/").status_code == 500
