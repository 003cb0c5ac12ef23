"""A visit that waited on a device: when it was, whatever its clock says, and what it brings again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.factories import pictures
from tests.factories.books import make_client
from tests.factories.outbox import act, sync
from tests.factories.people import Cast
from tests.factories.visits import brought
from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users.actor import Actor
from webapp.visits.models import Visit

Headers = Callable[[Actor], dict[str, str]]
CLOCKS = [timedelta(0), timedelta(days=1), timedelta(days=-1)]


@pytest.fixture
def client(cast: Cast) -> Client:
    return make_client(cast)


def report(client: Client, **said: Any) -> dict[str, Any]:
    return act("visit.record", new_id(), client_id=str(client.id), **{"outcome": "good", **said})


def visited_at(result: Any) -> datetime:
    assert result["status"] == "done", result
    return db.session.get_one(Visit, uuid.UUID(result["result"]["id"])).visited_at


@pytest.mark.parametrize("wrong", CLOCKS, ids=["a right clock", "a day early", "a day late"])
def test_a_visit_was_when_it_was_written_whatever_the_clock_of_the_device(
    app: Flask, cast: Cast, client: Client, api_of: Headers, wrong: timedelta
) -> None:
    real = now() - timedelta(hours=3)
    written = {**report(client), "made_at": (real + wrong).isoformat()}
    sent_at = (now() + wrong).isoformat()
    (done,) = sync(app.test_client(), api_of(cast.bob), written, sent_at=sent_at)
    assert abs(visited_at(done) - real) < timedelta(minutes=1)


def test_a_visit_that_says_when_it_was_is_believed_and_one_done_now_is_now(
    app: Flask, cast: Cast, client: Client, api_of: Headers
) -> None:
    browser, headers = app.test_client(), api_of(cast.bob)
    yesterday = now() - timedelta(days=1)
    said = report(client, visited_at=yesterday.isoformat())
    (done,) = sync(browser, headers, {**said, "made_at": (now() - timedelta(hours=2)).isoformat()})
    assert visited_at(done) == yesterday
    answer = browser.post(
        "/api/v1/visits",
        headers={**headers, "Idempotency-Key": str(new_id())},
        json={"client_id": str(client.id), "outcome": "good"},
    )
    told = datetime.fromisoformat(answer.get_json()["visited_at"])
    assert abs(told - now()) < timedelta(minutes=1)


def test_what_the_server_no_longer_holds_is_asked_for_again(
    app: Flask, cast: Cast, client: Client, api_of: Headers
) -> None:
    deed = {
        "amount": {"amount": 120_000, "currency": "EUR"},
        "signatory": "Élise Delorme",
        "capacity": "gérante",
    }
    browser, headers = app.test_client(), api_of(cast.bob)
    written = report(client, acknowledgement={**deed, "signature_id": str(new_id())})
    (refused,) = sync(browser, headers, written)
    assert refused["error"]["code"] == "attachment_gone"
    signature = str(brought(cast.bob, pictures.png(), "signature.png"))
    again = {
        **written,
        "payload": {**written["payload"], "acknowledgement": {**deed, "signature_id": signature}},
    }
    (done,) = sync(browser, headers, again)
    assert done["result"]["acknowledgement"]["words"] == "mille deux cents euros"
