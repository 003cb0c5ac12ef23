"""The one address of the outbox: bounded, whose it is, never a 5xx."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories.books import make_client, make_invoice
from tests.factories.naughty import naughty_strings
from tests.factories.outbox import act, message, sync
from tests.factories.people import Cast
from tests.proofs import Figures, size
from webapp.core import rates
from webapp.core.models import Command
from webapp.core.rates import Rate
from webapp.core.replays import names
from webapp.extensions import db
from webapp.sync.rules import MOST_BYTES, MOST_COMMANDS
from webapp.threads import services as threads
from webapp.threads.models import Message
from webapp.users.actor import Actor

Api = Callable[[Actor], dict[str, str]]
ACTS, REPLAYS = size(20, 100), 3


def post(client: FlaskClient, headers: dict[str, str], body: Any) -> Any:
    return client.post("/api/v1/sync", json=body, headers=headers)


@pytest.mark.promise("R3")
def test_three_replays_at_once_have_each_effect_once(
    app: Flask, cast: Cast, api_of: Api, figures: Figures
) -> None:
    """The guard is a UNIQUE key: nothing in these requests knows of the others."""
    bill = make_invoice(cast, make_client(cast))
    acts, headers = [message(bill.id, f"acte {number}") for number in range(ACTS)], api_of(cast.bob)
    barrier, statuses = threading.Barrier(REPLAYS), []

    def replay() -> None:
        client = app.test_client()
        barrier.wait()
        for start in range(0, ACTS, 10):
            answer = post(client, headers, {"commands": acts[start : start + 10]})
            statuses.extend(each["status"] for each in answer.get_json()["results"])

    replays = [threading.Thread(target=replay) for _each in range(REPLAYS)]
    for each in replays:
        each.start()
    for each in replays:
        each.join()
    db.session.rollback()
    bodies = db.session.scalars(select(Message.body).order_by(Message.seq)).all()
    assert sorted(bodies) == sorted(f"acte {number}" for number in range(ACTS))
    assert (statuses.count("done"), statuses.count("repeated")) == (ACTS, ACTS * (REPLAYS - 1))
    figures |= {"acts": ACTS, "replays at once": REPLAYS, "effects": len(bodies)}


def test_acts_are_never_sent_under_somebody_elses_session(app: Flask, cast: Cast, api_of: Api) -> None:
    body = {"commands": [], "user_id": str(cast.bob.user_id)}
    assert post(app.test_client(), api_of(cast.bob), body).get_json() == {"results": []}
    answer = post(app.test_client(), api_of(cast.alice), body)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "other_person")


def test_a_browser_needs_its_token(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    browser = browser_of(cast.bob)
    assert browser.post("/api/v1/sync", json={"commands": []}).get_json()["code"] == "csrf"
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    assert post(browser, {"X-CSRFToken": token}, {"commands": []}).status_code == 200
    assert app.test_client().post("/api/v1/sync", json={"commands": []}).status_code == 401


def test_it_is_bounded(app: Flask, cast: Cast, api_of: Api) -> None:
    client, headers, thread = app.test_client(), api_of(cast.bob), uuid.uuid4()
    many = [message(thread) for _each in range(MOST_COMMANDS + 1)]
    assert post(client, headers, {"commands": many}).status_code == 422
    big = [message(thread, "x" * MOST_BYTES)]
    assert post(client, headers, {"commands": big}).status_code == 413


@pytest.mark.parametrize(
    "change",
    [
        {"id": "soon"}, {"payload": "text"}, {"payload": None}, {"name": 3}, {"made_at": "hier"},
        {"after": "x"}, {"after": ["x"]}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_broken_envelope_is_refused_whole(
    app: Flask, cast: Cast, api_of: Api, change: dict[str, Any]
) -> None:
    command = message(uuid.uuid4()) | change
    assert post(app.test_client(), api_of(cast.bob), {"commands": [command]}).status_code == 422


def test_bad_payloads_are_refused_each_with_a_sentence(app: Flask, cast: Cast, api_of: Api) -> None:
    bill = make_invoice(cast, make_client(cast))
    deep: Any = []
    for _level in range(300):
        deep = [deep]
    at = str(bill.id)
    payloads: list[dict[str, Any]] = [
        {},
        {"thread_id": 10**400},
        {"thread_id": at, "body": deep},
        {"thread_id": at, "body": "\ud800"},
        {"thread_id": at, "body": "ok", "attachment_ids": ["x"]},
        {"dispute_id": at, "seen_revision": 10**30},
        {"invoice_id": at, "reason": "\0", "text": "x"},
        {"thread_id": at, "amount": {"amount": 2**80, "currency": "EUR"}, "promised_on": "2026-13-01"},
        {"task_id": at, "done": "peut-être"},
    ]
    client, headers = app.test_client(), api_of(cast.bob)
    acts = [[act(kind, **payload) for payload in payloads] for kind in names()]
    found = [each for some in acts for each in sync(client, headers, *some)]
    assert {each["status"] for each in found} == {"refused"}
    assert all(each["error"]["message"] and each["error"]["code"] != "server_error" for each in found)


@pytest.mark.promise("R10")
def test_naughty_texts_are_kept_as_they_were_or_refused(
    app: Flask, cast: Cast, api_of: Api, real_files: Path
) -> None:
    strings = naughty_strings(real_files)
    bill = make_invoice(cast, make_client(cast))
    client, headers, kept = app.test_client(), api_of(cast.bob), 0
    for start in range(0, len(strings), MOST_COMMANDS):
        texts = strings[start : start + MOST_COMMANDS]
        for text, result in zip(
            texts, sync(client, headers, *(message(bill.id, text) for text in texts)), strict=True
        ):
            if result["status"] == "done":
                kept += 1
                assert result["result"]["body"] == text
            else:
                assert result["error"]["code"] in {"empty", "unreadable", "invalid", "too_long"}
    assert kept > len(strings) / 2


def test_too_many_acts_are_told_to_come_later(
    app: Flask, cast: Cast, api_of: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "sync", Rate(per_second=0.1, burst=2))
    bill = make_invoice(cast, make_client(cast))
    found = sync(app.test_client(), api_of(cast.bob), *(message(bill.id, str(number)) for number in range(4)))
    assert [each["status"] for each in found] == ["done", "done", "refused", "refused"]
    assert {each["error"]["code"] for each in found[2:]} == {"rate_limited"}
    assert all(each["error"]["retry_after"] >= 1 for each in found[2:])


def test_what_fails_on_our_side_is_said_and_undone(
    app: Flask, cast: Cast, api_of: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = make_invoice(cast, make_client(cast))
    said, beside = message(bill.id, "un"), message(bill.id, "deux")
    honest = threads.check_first_wording

    def broken(found: Message, body: str) -> None:
        if body == "un":
            raise RuntimeError("no")
        honest(found, body)

    monkeypatch.setattr(threads, "check_first_wording", broken)
    results = sync(app.test_client(), api_of(cast.bob), said, beside)
    assert [each["status"] for each in results] == ["refused", "done"]
    assert results[0]["error"]["code"] == "server_error"
    assert db.session.scalars(select(Message.body)).all() == ["deux"]
    assert db.session.scalar(select(func.count()).select_from(Command)) == 1


def test_the_outbox_page_names_nobody_without_a_session(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    answer = app.test_client().get("/outbox", headers={"Accept-Language": "fr"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and 'data-controller="outbox"' in page
    assert 'name="actor"' not in page and "Set-Cookie" not in answer.headers
    mine = browser_of(cast.bob).get("/outbox").get_data(as_text=True)
    assert f'<meta name="actor" content="{cast.bob.user_id}">' in mine
