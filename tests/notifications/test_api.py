"""The inbox and one's devices: JSON and pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.forms import submit
from tests.push_service import Device, PushService
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.notifications.models import PushSubscription
from webapp.risk.services import acknowledge, assign

Headers = Callable[..., dict[str, str]]
Browser = Callable[..., FlaskClient]
URL = "/api/v1/push-subscriptions"


def breach(cast: Cast, name: str = "Charpentes Morvan") -> object:
    client = make_client(cast, legal_name=name)
    make_limit(cast, client, 100)
    make_invoice(cast, client, 200)
    return client


def test_a_device_subscribes_once_and_moves_with_its_endpoint(
    cast: Cast, app: Flask, push: PushService, api_of: Headers
) -> None:
    device, http = push.subscribe(), app.test_client()
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/131.0"}
    first = http.post(URL, json=device.as_json(), headers=api_of(cast.bob) | agent)
    assert first.status_code == 201, first.text
    assert first.json["device"] == "Chrome, Android" and first.json["endpoint"] == device.endpoint
    again = http.post(URL, json=device.as_json() | {"expirationTime": None}, headers=api_of(cast.bob))
    assert again.json["id"] == first.json["id"]
    moved = http.post(URL, json=device.as_json(), headers=api_of(cast.chloe))
    assert moved.json["id"] == first.json["id"]
    assert http.get(URL, headers=api_of(cast.bob)).json["items"] == []
    assert len(http.get(URL, headers=api_of(cast.chloe)).json["items"]) == 1
    assert http.delete(f"{URL}/{first.json['id']}", headers=api_of(cast.bob)).status_code == 404
    assert http.delete(f"{URL}/{first.json['id']}", headers=api_of(cast.chloe)).status_code == 204
    assert http.get(URL, headers=api_of(cast.chloe)).json["items"] == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.test/x",
        "http://127.0.0.1:22/x",
        "https://fcm.googleapis.com@10.0.0.1/",
        "http://fcm.googleapis.com/x",
        "file:///etc/passwd",
    ],
)
def test_a_forbidden_endpoint_is_refused_with_a_sentence(
    cast: Cast, app: Flask, push: PushService, api_of: Headers, endpoint: str
) -> None:
    body = push.subscribe().as_json() | {"endpoint": endpoint}
    answer = app.test_client().post(URL, json=body, headers=api_of(cast.bob))
    assert answer.status_code == 422
    assert "liste autorisée" in str(answer.json["errors"]["endpoint"])


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "AAAA", "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"p256dh": "B" * 87, "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"auth": "AAAA"},
        {"auth": "é"},
    ],
)
def test_keys_that_are_no_keys_are_refused(
    cast: Cast, app: Flask, push: PushService, api_of: Headers, keys: dict[str, str]
) -> None:
    body = push.subscribe().as_json()
    body["keys"] |= keys
    answer = app.test_client().post(URL, json=body, headers=api_of(cast.bob))
    assert answer.status_code == 422 and "keys" in answer.json["errors"]


def test_only_the_newest_twenty_devices_are_kept(cast: Cast, phone_of: Callable[..., Device]) -> None:
    phones = [phone_of(cast.bob) for _number in range(22)]
    kept = {row.endpoint for row in db.session.query(PushSubscription)}
    assert kept == {phone.endpoint for phone in phones[2:]}


def test_the_public_key_is_given(cast: Cast, app: Flask, api_of: Headers) -> None:
    assert len(app.test_client().get(f"{URL}/key", headers=api_of(cast.bob)).json["key"]) == 87


def test_a_test_rings_each_device_and_says_honestly_how_it_went(
    cast: Cast,
    app: Flask,
    push: PushService,
    api_of: Headers,
    phone_of: Callable[..., Device],
    run_jobs: Callable[[], int],
) -> None:
    http, bob = app.test_client(), api_of(cast.bob)
    assert http.post(f"{URL}/test", headers=bob).json["devices"] == 0
    good, gone = phone_of(cast.bob), phone_of(cast.bob)
    key = {"Idempotency-Key": str(uuid4())}
    test = http.post(f"{URL}/test", headers=bob | key)
    assert test.status_code == 202 and test.json["devices"] == 2
    assert http.post(f"{URL}/test", headers=bob | key).json == test.json
    url = f"{URL}/test/{test.json['id']}"
    assert {line["state"] for line in http.get(url, headers=bob).json["items"]} == {"due"}
    del push.devices[gone.endpoint.removeprefix(push.origin)]
    run_jobs()
    assert sorted(line["state"] for line in http.get(url, headers=bob).json["items"]) == ["gone", "sent"]
    assert [payload["kind"] for payload in push.payloads(good)] == ["test"]
    assert http.get(url, headers=api_of(cast.chloe)).status_code == 404


def test_the_inbox_lists_names_and_is_read(cast: Cast, app: Flask, api_of: Headers) -> None:
    for number in range(3):
        breach(cast, f"Client {number} SARL")
    http, bob = app.test_client(), api_of(cast.bob)
    page = http.get("/api/v1/notifications?limit=2", headers=bob).json
    assert [item["text"] for item in page["items"]] == ["Client 2 SARL", "Client 1 SARL"]
    assert page["items"][0]["title"] == "Plafond dépassé" and page["items"][0]["read_at"] is None
    rest = http.get(f"/api/v1/notifications?limit=2&cursor={page['next_cursor']}", headers=bob).json
    assert [item["text"] for item in rest["items"]] == ["Client 0 SARL"] and rest["next_cursor"] is None
    first = page["items"][0]["id"]
    assert http.post(f"/api/v1/notifications/{first}/read", headers=bob).json["read_at"]
    assert http.post(f"/api/v1/notifications/{first}/read", headers=bob).status_code == 200
    assert http.post(f"/api/v1/notifications/{first}/read", headers=api_of(cast.chloe)).status_code == 404
    assert len(http.get("/api/v1/notifications?unread=true", headers=bob).json["items"]) == 2
    assert http.post("/api/v1/notifications/read", headers=bob).json == {"read": 2}
    assert http.get("/api/v1/notifications?unread=true", headers=bob).json["items"] == []


def test_an_answered_alert_waits_in_nobody_s_inbox(cast: Cast, app: Flask, api_of: Headers) -> None:
    client = breach(cast)
    with unit_of_work():
        acknowledge(cast.alice, alerts_of(client)[0].id)
    assert (
        app.test_client().get("/api/v1/notifications?unread=true", headers=api_of(cast.bob)).json["items"]
        == []
    )


def test_who_is_given_an_alert_is_told_by_whom(
    cast: Cast,
    push: PushService,
    phone_of: Callable[..., Device],
    run_jobs: Callable[[], int],
    browser_of: Browser,
) -> None:
    client = breach(cast)
    run_jobs()
    phone = phone_of(cast.chloe)
    alert_id = alerts_of(client)[0].id
    with unit_of_work():
        assign(cast.alice, alert_id, cast.chloe.user_id)
    with unit_of_work():
        assign(cast.alice, alert_id, cast.alice.user_id)
    run_jobs()
    assert [payload["kind"] for payload in push.payloads(phone)] == ["alert_assigned"]
    page = browser_of(cast.chloe).get("/notifications").text
    assert "Alice Roux vous a confié une alerte" in page and "Charpentes Morvan" in page
    assert "vous a confié" not in browser_of(cast.alice).get("/notifications").text


def test_opening_a_line_reads_it_and_goes_there(cast: Cast, browser_of: Browser) -> None:
    client = breach(cast)
    browser = browser_of(cast.bob)
    page = browser.get("/notifications").text
    assert "(non lue)" in page and "Charpentes Morvan" in page
    action = re.search(r'action="(/notifications/[^"]+/open)"', page)[1]
    answer = submit(browser, action)
    assert (answer.status_code, answer.location) == (303, f"/alerts/{alerts_of(client)[0].id}")
    assert "(non lue)" not in browser.get("/notifications").text
    breach(cast, "Autre SA")
    assert submit(browser, "/notifications/read").status_code == 303
    assert "(non lue)" not in browser.get("/notifications").text


def test_a_client_that_left_the_portfolio_is_not_named_any_more(cast: Cast, browser_of: Browser) -> None:
    from webapp.clients.models import Client

    client = breach(cast)
    with unit_of_work() as session:
        session.get_one(Client, client.id).sales_rep_id = cast.oscar.user_id
    assert "Morvan" not in browser_of(cast.bob).get("/notifications").text


def test_settings_list_one_s_devices_and_remove_them(
    cast: Cast, browser_of: Browser, phone_of: Callable[..., Device]
) -> None:
    phone_of(cast.bob)
    browser = browser_of(cast.bob)
    page = browser.get("/settings/notifications").text
    assert "Chrome, Android" in page and "Tester mes notifications" in page
    action = re.search(r'action="(/notifications/devices/[^"]+/remove)"', page)[1]
    assert submit(browser_of(cast.chloe), action).status_code == 404
    assert submit(browser, action).status_code == 303
    assert "Aucun appareil ne sonne pour vous." in browser.get("/settings/notifications").text


def test_pages_ask_few_queries(
    cast: Cast, browser_of: Browser, count_queries: Callable[..., object], phone_of: Callable[..., Device]
) -> None:
    phone_of(cast.bob)
    for number in range(60):
        breach(cast, f"Client {number}")
    browser = browser_of(cast.bob)
    for url in ("/notifications", "/settings/notifications"):
        browser.get(url)
        with count_queries() as sql:
            page = browser.get(url)
        assert page.status_code == 200 and len(sql) <= 12, (url, len(sql))
    more = re.search(r'href="(/notifications\?after=[^"]+)"', browser.get("/notifications").text)[1]
    assert browser.get(more).text.count("/open") == 10
    assert browser.get("/notifications?after=nonsense").status_code == 422
