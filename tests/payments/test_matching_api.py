"""Matching over the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.payments.test_matching import pay
from webapp.core.clock import today
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments import ledger

V1 = "/api/v1"


@pytest.fixture
def api(app) -> FlaskClient:  # type: ignore[no-untyped-def]
    return app.test_client()


def euros(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR"}


def test_a_proposal_is_read_accepted_listed_and_undone(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, headers = make_client(cast), api_of(cast.sonia)
    invoice = make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 11_950, f"FACT {invoice.ref}")
    found = api.get(f"{V1}/payments/{payment.id}/proposals", headers=headers).json["items"]
    best = found[0]
    assert best["sure"] and best["write_off"] == "difference" and best["rest"] == euros(50)
    assert best["shares"][0]["invoice_ref"] == invoice.ref
    assert best["reasons"][0]["text"] == f"Le libellé cite {invoice.ref}."
    english = api.get(
        f"{V1}/payments/{payment.id}/proposals", headers={**headers, "Accept-Language": "en"}
    ).json["items"]
    assert [each["key"] for each in english] == [each["key"] for each in found]

    body = {"payment_id": str(payment.id), "proposal": best["key"]}
    headers_once = {**headers, "Idempotency-Key": str(uuid.uuid4())}
    made = api.post(f"{V1}/matchings", json=body, headers=headers_once)
    assert made.status_code == 201 and made.json["source"] == "proposal"
    assert api.post(f"{V1}/matchings", json=body, headers=headers_once).json == made.json
    again = api.post(f"{V1}/matchings", json=body, headers=headers)
    assert again.status_code == 409 and "Sonia Petit" in again.json["detail"]

    listed = api.get(f"{V1}/matchings?client_ref={client.ref}", headers=headers).json["items"]
    assert [each["id"] for each in listed] == [made.json["id"]]
    assert sum(each["amount"]["amount"] for each in listed[0]["shares"]) == 12_000
    one = api.get(f"{V1}/matchings/{made.json['id']}", headers=api_of(cast.bob))
    assert one.json["made_by"] == "Sonia Petit"
    undone = api.post(f"{V1}/matchings/{made.json['id']}/undo", headers=headers)
    assert undone.json["undone_on"] == today().isoformat()
    assert api.post(f"{V1}/matchings/{made.json['id']}/undo", headers=headers).status_code == 409
    db.session.expire_all()
    assert db.session.get_one(Invoice, invoice.id).open == 12_000
    assert list(ledger.verify()) == []


def test_matching_by_hand_and_what_is_wrong_with_a_body(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, headers = make_client(cast), api_of(cast.sonia)
    invoice, note = make_invoice(cast, client, 9_000), make_invoice(cast, client, 500, kind="credit_note")
    payment = pay(cast, client, 8_000)
    good = {
        "payment_id": str(payment.id),
        "invoices": [{"ref": invoice.ref, "amount": euros(8_500)}],
        "credits": [{"ref": note.ref, "amount": euros(500)}],
    }
    bad = [
        {**good, "proposal": "0" * 32},
        {"payment_id": str(payment.id)},
        {**good, "proposal": "no"},
        {**good, "write_off": "whim"},
        {**good, "invoices": []},
        {**good, "invoices": [{"ref": invoice.ref, "amount": euros(9_500)}]},
        {**good, "invoices": [{"ref": "\x00", "amount": euros(1)}]},
        {**good, "colour": 1},
    ]
    for body in bad:
        answer = api.post(f"{V1}/matchings", json=body, headers=headers)
        assert answer.status_code == 422 and answer.json["errors"], body
    missing = {**good, "payment_id": str(uuid.uuid4())}
    assert api.post(f"{V1}/matchings", json=missing, headers=headers).status_code == 404
    assert api.post(f"{V1}/matchings", json=good, headers=headers).status_code == 201
    assert list(ledger.verify()) == []


def test_many_at_once_refusals_and_returns(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    headers, items = api_of(cast.sonia), []
    for number in range(3):
        client = make_client(cast)
        make_invoice(cast, client, 5_000 + number)
        payment = pay(cast, client, 5_000 + number)
        url = f"{V1}/payments/{payment.id}/proposals"
        key = api.get(url, headers=headers).json["items"][0]["key"]
        items.append({"payment_id": str(payment.id), "proposal": key})
    refusals = f"{V1}/payments/{items[2]['payment_id']}/refusals"
    body = {"proposal": items[2]["proposal"]}
    assert api.post(refusals, json=body, headers=headers).status_code == 204
    done = api.post(f"{V1}/matchings/bulk", json={"items": items}, headers=headers).json
    assert len(done["matched"]) == 2 and done["left"] == [items[2]["payment_id"]]
    assert api.delete(f"{refusals}/{body['proposal']}", headers=headers).status_code == 204
    undo = f"{V1}/matchings/batches/{done['batch_id']}/undo"
    assert [api.post(undo, headers=headers).json["undone"] for _ in range(2)] == [2, 0]
    back = {"returned_on": today().isoformat(), "reason": "opposition"}
    url = f"{V1}/payments/{items[0]['payment_id']}/return"
    assert api.post(url, json={**back, "reason": "bored"}, headers=headers).status_code == 422
    returned = api.post(url, json=back, headers=headers).json
    assert returned["returned_on"] == back["returned_on"] and returned["unapplied"]["amount"] == 0
    assert api.post(url, json=back, headers=headers).status_code == 409
    assert list(ledger.verify()) == []
