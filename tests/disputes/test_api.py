"""Disputes as programs open, list and settle them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import make_dispute
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.invoices.models import Invoice

Headers = Callable[[object], dict[str, str]]
EUR = "EUR"


@pytest.fixture
def invoice(cast: Cast) -> Invoice:
    return make_invoice(cast, make_client(cast), 100_000, due_in=-5, ref="F-1")


def money(cents: int, currency: str = EUR) -> dict:
    return {"amount": cents, "currency": currency}


def test_a_dispute_is_opened_by_reference_and_its_key_is_its_id(
    app: Flask, cast: Cast, api_of: Headers, invoice: Invoice
) -> None:
    client, key = app.test_client(), str(uuid.uuid4())
    headers = {**api_of(cast.bob), "Idempotency-Key": key}
    body = {"invoice_ref": "F-1", "reason": "quality", "amount": money(30_000), "text": "6 panneaux rayés"}
    made = client.post("/api/v1/disputes", json=body, headers=headers)
    assert made.status_code == 201
    found = made.get_json()
    assert (found["id"], found["state"], found["step"], found["revision"]) == (key, "open", "open", 1)
    assert (found["amount"], found["open"], found["thread_id"]) == (
        money(30_000),
        money(30_000),
        str(invoice.id),
    )
    assert (found["resolver"]["name"], found["opened_by"]["name"]) == ("David Nguyen", "Bob Martin")
    again = client.post("/api/v1/disputes", json=body, headers=headers)
    assert again.get_json()["id"] == key
    other = client.post("/api/v1/disputes", json={**body, "text": "autre"}, headers=headers)
    assert other.status_code == 422
    assert len(client.get("/api/v1/disputes", headers=api_of(cast.bob)).get_json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"invoice_ref": "F-NONE"}, "invoice_ref"),
        ({"invoice_ref": "F-1", "invoice_id": str(uuid.uuid4())}, "invoice_ref"),
        ({"amount": money(100_001)}, "amount"),
        ({"amount": money(100, "USD")}, "amount"),
        ({"reason": "whatever"}, "reason"),
        ({"text": " "}, "text"),
        ({"owner": "x"}, "owner"),
    ],
)
def test_what_a_body_gets_wrong_is_said_beside_its_field(
    app: Flask, cast: Cast, api_of: Headers, invoice: Invoice, change: dict, field: str
) -> None:
    body = {"invoice_ref": "F-1", "reason": "quality", "text": "Rayé", **change}
    answer = app.test_client().post("/api/v1/disputes", json=body, headers=api_of(cast.bob))
    assert answer.status_code == 422 and field in str(answer.get_json()["errors"])


def test_from_the_proposal_to_the_credit_note(
    app: Flask, cast: Cast, api_of: Headers, invoice: Invoice
) -> None:
    dispute = make_dispute(cast, invoice)
    client, url = app.test_client(), f"/api/v1/disputes/{dispute.id}"
    david, sonia = api_of(cast.david), api_of(cast.sonia)
    waiting = client.post(f"{url}/waiting", json={"state": "waiting_us"}, headers=david).get_json()
    assert waiting["step"] == "examined"
    stale = client.post(f"{url}/proposal", json={"seen_revision": 1}, headers=david)
    assert stale.status_code == 409
    body = {"amount": money(20_000), "text": "Vu", "seen_revision": waiting["revision"]}
    proposed = client.post(f"{url}/proposal", json=body, headers=david).get_json()
    assert (proposed["step"], proposed["proposed_amount"]) == ("proposed", money(20_000))
    refused = client.post(f"{url}/credit", json={"credit_ref": "A-1"}, headers=david)
    assert refused.status_code == 403
    settled = client.post(
        f"{url}/credit", json={"credit_ref": "A-1", "amount": money(20_000)}, headers=sonia
    ).get_json()
    assert (settled["state"], settled["credit_ref"], settled["step"]) == ("accepted_partly", "A-1", "settled")
    figures = client.get(f"/api/v1/clients/{invoice.client_id}/figures", headers=sonia).get_json()
    assert figures["disputed"] == money(0)
    assert client.post(f"{url}/withdrawal", json={}, headers=sonia).status_code == 409


def test_a_dispute_is_handed_over_and_rejected(
    app: Flask, cast: Cast, api_of: Headers, invoice: Invoice
) -> None:
    dispute = make_dispute(cast, invoice)
    client, url, chloe = app.test_client(), f"/api/v1/disputes/{dispute.id}", api_of(cast.chloe)
    body = {"resolver_id": str(cast.chloe.user_id), "due_on": today().isoformat(), "seen_revision": 1}
    changed = client.patch(url, json=body, headers=chloe).get_json()
    assert (changed["resolver"]["name"], changed["due_on"]) == ("Chloé Vidal", today().isoformat())
    assert client.patch(url, json={"resolver_id": str(cast.oscar.user_id)}, headers=chloe).status_code == 422
    assert client.post(f"{url}/rejection", json={}, headers=chloe).status_code == 422
    rejected = client.post(f"{url}/rejection", json={"text": "Conforme"}, headers=chloe).get_json()
    assert (rejected["state"], rejected["closed_by"]["name"]) == ("rejected", "Chloé Vidal")
    assert client.get(url, headers=api_of(cast.oscar)).status_code == 404


def test_lists_filter_sort_and_page(app: Flask, cast: Cast, api_of: Headers) -> None:
    client = app.test_client()
    for number in range(5):
        reason = "price" if number % 2 else "quality"
        invoice = make_invoice(cast, make_client(cast, legal_name=f"Client {number}"), 100_000)
        make_dispute(cast, invoice, 1_000 * (number + 1), reason=reason)
    headers = api_of(cast.alice)

    def ids(**query: object) -> list[int]:
        answer = client.get("/api/v1/disputes", query_string=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["amount"]["amount"] for each in answer.get_json()["items"]]

    assert ids(sort="-amount") == [5_000, 4_000, 3_000, 2_000, 1_000]
    assert ids(sort="amount", reason="price") == [2_000, 4_000]
    assert ids(resolver=str(cast.bob.user_id), sort="amount") == [2_000, 4_000]
    assert ids(resolver="none") == ids(age=3) == ids(state="late") == ids(state="settled") == []
    assert ids(owner="after_sales", sort="amount", least=2_000) == [3_000, 5_000]
    assert ids(sort="client") == [1_000, 2_000, 3_000, 4_000, 5_000]
    for sort in ("due", "-due", "age", "reason", "-client", "amount"):
        seen, cursor = [], None
        while True:
            query = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = client.get("/api/v1/disputes", query_string=query, headers=headers).get_json()
            seen += [each["id"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 5, sort
    first = client.get("/api/v1/disputes?sort=due&limit=2", headers=headers).get_json()["next_cursor"]
    wrong = client.get("/api/v1/disputes", query_string={"sort": "age", "cursor": first}, headers=headers)
    assert wrong.status_code == 422
    assert client.get("/api/v1/disputes?sort=x", headers=headers).status_code == 422
