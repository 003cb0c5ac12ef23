"""JSON of limit requests: the contract's shapes, one act once, replays from a device."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.visits import visit

Headers = Callable[..., dict[str, str]]
URL = "/api/v1/limit-requests"


def eur(cents: int) -> dict[str, object]:
    return {"amount": cents, "currency": "EUR"}


def test_a_request_is_submitted_read_and_approved_for_less(cast: Cast, app: Flask, api_of: Headers) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 90_000)
    seen = visit(cast.bob, client.id, "works_stopped")
    http, bob, chloe = app.test_client(), api_of(cast.bob), api_of(cast.chloe)
    body = {
        "client_ref": client.ref,
        "amount": eur(150_000),
        "reason": "Chantier de l’école",
        "evidence": [{"kind": "visit", "id": str(seen.id)}],
    }
    key = {"Idempotency-Key": str(uuid4())}
    made = http.post(URL, json=body, headers=bob | key)
    assert made.status_code == 201, made.text
    assert http.post(URL, json=body, headers=bob | key).json == made.json
    request = made.json
    assert (request["id"], request["state"], request["revision"]) == (key["Idempotency-Key"], "open", 1)
    assert (request["exposure"], request["judged"]) == (eur(90_000), eur(150_000))
    assert request["evidence"] == [{"kind": "visit", "id": str(seen.id)}]
    listed = http.get(f"{URL}?state=open&client_ref={client.ref}", headers=chloe).json["items"]
    assert [each["id"] for each in listed] == [request["id"]]
    assert http.get(URL, headers=api_of(cast.david)).json["items"] == []

    decisions = f"{URL}/{request['id']}/decisions"
    stale = http.post(decisions, json={"decision": "approve", "seen_revision": 0}, headers=chloe)
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    decision = {
        "decision": "approve",
        "amount": eur(120_000),
        "reason": "Pour ce chantier",
        "seen_revision": 1,
    }
    done = http.post(decisions, json=decision, headers=chloe)
    assert done.status_code == 201, done.text
    assert (done.json["state"], done.json["granted"]) == ("approved", eur(120_000))
    limit = http.get(f"/api/v1/limits?client_ref={client.ref}", headers=bob).json["items"][0]
    assert (limit["id"], limit["amount"]) == (done.json["limit_id"], eur(120_000))
    assert http.post(decisions, json=decision, headers=api_of(cast.alice)).status_code == 409


def test_own_requests_and_missing_rights_are_refused(cast: Cast, app: Flask, api_of: Headers) -> None:
    client, http = make_client(cast), app.test_client()
    body = {"client_ref": client.ref, "amount": eur(150_000), "reason": "Chantier"}
    own = http.post(URL, json=body, headers=api_of(cast.chloe)).json
    path = f"{URL}/{own['id']}/decisions"
    refused = http.post(path, json={"decision": "approve", "reason": ""}, headers=api_of(cast.chloe))
    assert (refused.status_code, refused.json["code"]) == (403, "own_request")
    codes = {
        handle: http.post(
            path, json={"decision": "approve"}, headers=api_of(getattr(cast, handle))
        ).status_code
        for handle in ("bob", "sonia", "ada", "david", "oscar")
    }
    assert codes == {"bob": 403, "sonia": 403, "ada": 403, "david": 404, "oscar": 404}
    asked = {"client_ref": client.ref, "amount": eur(150_000), "reason": "Chantier"}
    asked = http.post(URL, json=asked, headers=api_of(cast.ada))
    assert asked.status_code == 403


def test_a_question_is_answered_and_a_request_withdrawn(cast: Cast, app: Flask, api_of: Headers) -> None:
    client, http, bob = make_client(cast), app.test_client(), api_of(cast.bob)
    body = {"client_ref": client.ref, "amount": eur(150_000), "reason": "Chantier"}
    path = f"{URL}/{http.post(URL, json=body, headers=bob).json['id']}"
    ask = {"decision": "ask", "reason": "Qui paie ?"}
    asked = http.post(f"{path}/decisions", json=ask, headers=api_of(cast.chloe)).json
    assert asked["state"] == "returned"
    answered = http.post(f"{path}/answers", json={"answer": "La mairie"}, headers=bob).json
    assert (answered["state"], answered["revision"]) == ("open", 3)
    assert http.post(f"{path}/withdrawal", headers=bob).json["state"] == "withdrawn"


def test_what_was_asked_without_a_network_is_asked_once(cast: Cast, app: Flask, api_of: Headers) -> None:
    client, http, bob = make_client(cast), app.test_client(), api_of(cast.bob)
    payload = {"client_ref": client.ref, "amount": eur(150_000), "reason": "Chantier"}
    made_at = "2026-11-30T08:00:00Z"
    command = {"id": str(uuid4()), "name": "limit_request.submit", "payload": payload, "made_at": made_at}
    for status in ("done", "repeated"):
        answer = http.post("/api/v1/sync", json={"commands": [command]}, headers=bob)
        assert answer.json["results"][0]["status"] == status, answer.json
    assert len(http.get(URL, headers=bob).json["items"]) == 1
    decide = {"id": str(uuid4()), "name": "limit_request.decide", "payload": {}, "made_at": made_at}
    refused = http.post("/api/v1/sync", json={"commands": [decide]}, headers=api_of(cast.chloe)).json
    assert refused["results"][0]["status"] == "refused", "a decision never waits on a device"
