"""JSON of limits and alerts: the contract's shapes, rights, canaries."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast

Headers = Callable[..., dict[str, str]]
EUR = "EUR"


def amount(cents: int) -> dict[str, object]:
    return {"amount": cents, "currency": EUR}


def test_a_limit_is_set_and_read_back_in_the_contract_s_shape(
    cast: Cast, app: Flask, api_of: Headers
) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 6_480_000)
    http, alice = app.test_client(), api_of(cast.alice)
    body = {"client_ref": client.ref, "amount": amount(6_000_000), "max_days_late": 30, "source": "internal"}
    key = {"Idempotency-Key": str(uuid4())}
    first = http.post("/api/v1/limits", json=body, headers=alice | key)
    assert first.status_code == 201, first.text
    assert first.json["amount"] == amount(6_000_000) and first.json["set_by"] == "Alice Roux"
    assert http.post("/api/v1/limits", json=body, headers=alice | key).json == first.json
    other = http.post("/api/v1/limits", json=body | {"max_days_late": 5}, headers=alice | key)
    assert other.status_code == 422
    listed = http.get(f"/api/v1/limits?client_ref={client.ref}", headers=alice).json
    assert [item["id"] for item in listed["items"]] == [first.json["id"]] and listed["next_cursor"] is None
    http.post("/api/v1/limits", json=body | {"amount": amount(5_000_000)}, headers=alice)
    history = http.get(f"/api/v1/limits?client_ref={client.ref}&history=true", headers=alice).json["items"]
    assert [item["amount"]["amount"] for item in history] == [5_000_000, 6_000_000]
    assert history[1]["replaced_at"].endswith("Z")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": amount(-1)}, "amount"),
        ({"amount": {"amount": 1.5}}, "amount"),
        ({"amount": {"amount": 5, "currency": "USD"}}, "amount"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"source": "friend"}, "source"),
        ({"max_days_late": -3}, "max_days_late"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_limit_is_refused_beside_its_field(
    cast: Cast, app: Flask, api_of: Headers, change: dict, field: str
) -> None:
    client = make_client(cast)
    body = {"client_ref": client.ref, "amount": amount(1), "source": "internal"} | change
    answer = app.test_client().post("/api/v1/limits", json=body, headers=api_of(cast.emma))
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_limits_are_refused_by_role_and_scope(cast: Cast, app: Flask, api_of: Headers) -> None:
    client = make_client(cast)
    http = app.test_client()
    body = {"client_ref": client.ref, "amount": amount(10_000_001), "source": "internal"}
    codes = {
        actor.handle: http.post("/api/v1/limits", json=body, headers=api_of(actor)).status_code
        for actor in cast
    }
    assert codes == {
        "alice": 403,
        "bob": 403,
        "chloe": 403,
        "david": 403,
        "emma": 201,
        "sonia": 403,
        "ada": 403,
        "oscar": 404,
        "nadia": 404,
    }
    assert http.get(f"/api/v1/limits?client_ref={client.ref}", headers=api_of(cast.david)).status_code == 404
    assert http.get(f"/api/v1/limits?client_ref={client.ref}", headers=api_of(cast.oscar)).status_code == 404
    assert http.get("/api/v1/limits", headers=api_of(cast.david)).json["items"] == []
    assert http.get("/api/v1/limits", headers=api_of(cast.oscar)).json["items"] == []


def test_an_alert_is_listed_acknowledged_given_back_and_assigned(
    cast: Cast, app: Flask, api_of: Headers
) -> None:
    client = make_client(cast)
    make_limit(cast, client, 6_000_000)
    make_invoice(cast, client, 6_480_000)
    http, bob = app.test_client(), api_of(cast.bob)
    (item,) = http.get("/api/v1/alerts?state=open", headers=bob).json["items"]
    assert item["kind"] == "limit_breach" and item["level"] == 100 and item["severity"] == 3
    assert item["client_id"] == str(client.id) and item["utilisation"] == 108
    assert item["exposure"] == amount(6_480_000) and item["limit"] == amount(6_000_000)
    assert item["acknowledged_by"] is None and item["raised_at"].endswith("Z")
    url = f"/api/v1/alerts/{item['id']}"
    assert http.get(url, headers=bob).json == item
    done = http.post(f"{url}/acknowledgement", headers=bob).json
    assert done["state"] == "acknowledged" and done["acknowledged_by"]["name"] == "Bob Martin"
    again = http.post(f"{url}/acknowledgement", headers=api_of(cast.alice)).json
    assert again["acknowledged_by"] == done["acknowledged_by"]
    assert http.delete(f"{url}/acknowledgement", headers=api_of(cast.alice)).status_code == 409
    assert http.delete(f"{url}/acknowledgement", headers=bob).json["state"] == "open"
    given = http.post(f"{url}/assignment", json={"user_id": str(cast.chloe.user_id)}, headers=bob).json
    assert given["assigned_to"]["name"] == "Chloé Vidal"
    wrong = http.post(f"{url}/assignment", json={"user_id": str(cast.david.user_id)}, headers=bob)
    assert wrong.status_code == 422 and "user_id" in wrong.json["errors"]
    for stranger in (cast.oscar, cast.david):
        headers = api_of(stranger)
        assert http.get(url, headers=headers).status_code == 404
        assert http.post(f"{url}/acknowledgement", headers=headers).status_code == 404
        assert http.get("/api/v1/alerts", headers=headers).json["items"] == []


def test_alerts_are_paged_by_cursor_and_filtered_by_client(cast: Cast, app: Flask, api_of: Headers) -> None:
    clients = [make_client(cast) for _number in range(5)]
    for client in clients:
        make_limit(cast, client, 0)
        make_invoice(cast, client, 100)
    http, alice = app.test_client(), api_of(cast.alice)
    seen, cursor = [], ""
    while cursor is not None:
        page = http.get(f"/api/v1/alerts?limit=2{cursor and '&cursor=' + cursor}", headers=alice).json
        seen += [item["client_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [str(client.id) for client in reversed(clients)]
    one = http.get(f"/api/v1/alerts?client_ref={clients[0].ref}", headers=alice).json["items"]
    assert [item["client_id"] for item in one] == [str(clients[0].id)]
    assert http.get("/api/v1/alerts?cursor=nonsense", headers=alice).status_code == 422
    assert http.get("/api/v1/alerts?state=lost", headers=alice).status_code == 422


def test_limit_amounts_never_reach_after_sales(
    cast: Cast, app: Flask, api_of: Headers, browser_of: Callable[..., object]
) -> None:
    client = make_client(cast)
    make_limit(cast, client, 7_654_300)
    make_invoice(cast, client, 9_000_000)
    alert_id = alerts_of(client)[0].id
    canaries = ("7654300", "76543", "76 543", "76\u202f543", "117")
    urls = [
        "/api/v1/limits",
        f"/api/v1/limits?client_ref={client.ref}",
        "/api/v1/alerts",
        f"/api/v1/alerts/{alert_id}",
        "/api/v1/notifications",
    ]
    headers = api_of(cast.david)
    answers = [app.test_client().get(url, headers=headers) for url in urls]
    browser = browser_of(cast.david)
    answers += [
        browser.get(url)
        for url in ("/alerts", f"/alerts/{alert_id}", f"/clients/{client.id}/limit", "/notifications")
    ]
    for answer in answers:
        assert answer.status_code in (200, 404)
        for canary in canaries:
            body = answer.text.split("</head>")[-1]
            assert canary not in body, (answer.request.path, canary)
