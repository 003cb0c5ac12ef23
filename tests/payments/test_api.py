"""Payments as programs write and read them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.payments import ledger

URL = "/api/v1/payments"


@pytest.fixture
def api(app: Flask) -> FlaskClient:
    return app.test_client()


def euros(cents: int, currency: str = "EUR") -> dict[str, object]:
    return {"amount": cents, "currency": currency}


def test_a_payment_settles_invoices_and_the_rest_stays_unapplied(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 50_000, due_in=-3)
    body = {
        "ref": "VIR-1",
        "client_ref": client.ref,
        "received_on": today().isoformat(),
        "amount": euros(80_000),
        "text": "VIR SEPA\nligne 2",
        "allocations": [{"invoice_ref": invoice.ref, "amount": euros(50_000)}],
    }
    headers = api_of(cast.sonia)
    first = api.post(URL, json=body, headers=headers)
    assert first.status_code == 201, first.json
    assert first.json["unapplied"] == euros(30_000) and first.json["client_ref"] == client.ref
    again = api.post(URL, json=body, headers=headers)
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    other = api.post(URL, json={**body, "amount": euros(81_000)}, headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "conflict")
    db.session.expire_all()
    balance = find_balance(client.id)
    assert (balance.outstanding, balance.unapplied) == (-30_000, 30_000)
    shares = api.get(f"{URL}/{first.json['id']}/allocations", headers=headers).json["items"]
    assert [(row["invoice_ref"], row["amount"]) for row in shares] == [(invoice.ref, euros(50_000))]
    assert api.get(f"{URL}/{first.json['id']}", headers=headers).json == first.json


def test_the_idempotency_key_acts_once(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    client = make_client(cast)
    body = {"client_ref": client.ref, "received_on": today().isoformat(), "amount": euros(1_000)}
    headers = {**api_of(cast.sonia), "Idempotency-Key": str(uuid.uuid4())}
    first = api.post(URL, json=body, headers=headers)
    assert api.post(URL, json=body, headers=headers).json == first.json
    assert api.post(URL, json={**body, "amount": euros(2)}, headers=headers).status_code == 422
    db.session.expire_all()
    assert find_balance(client.id).unapplied == 1_000


def test_what_is_left_can_be_allocated_later(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    client, headers = make_client(cast), api_of(cast.sonia)
    invoice = make_invoice(cast, client, 50_000)
    body = {"client_ref": client.ref, "received_on": today().isoformat(), "amount": euros(40_000)}
    payment = api.post(URL, json=body, headers=headers).json
    url = f"{URL}/{payment['id']}/allocations"
    shares = {"allocations": [{"invoice_ref": invoice.ref, "amount": euros(30_000)}]}
    done = api.post(url, json=shares, headers=headers)
    assert done.status_code == 201 and len(done.json["items"]) == 1
    refused = api.post(url, json=shares, headers=headers)
    assert refused.status_code == 422 and "allocations" in refused.json["errors"]
    db.session.expire_all()
    assert db.session.get(Invoice, invoice.id).open == 20_000
    assert list(ledger.verify()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_ref": "nobody"}, "client_ref"),
        ({"amount": euros(0)}, "amount"),
        ({"amount": euros(-4)}, "amount"),
        ({"amount": euros(10**12 + 1)}, "amount"),
        ({"amount": euros(100, "USD")}, "amount"),
        ({"amount": 100}, "amount"),
        ({"amount": {"amount": 1.5}}, "amount"),
        ({"received_on": "22/11/2026"}, "received_on"),
        ({"received_on": "0001-01-01"}, "received_on"),
        ({"text": "a\x00b"}, "text"),
        ({"colour": "blue"}, "colour"),
        ({"allocations": [{"invoice_ref": "none", "amount": euros(1)}]}, "allocations"),
    ],
)
def test_a_body_that_cannot_be_used_names_the_field(
    cast: Cast, api: FlaskClient, api_of: Callable, changes: dict, field: str
) -> None:
    client = make_client(cast)
    body = {"client_ref": client.ref, "received_on": today().isoformat(), "amount": euros(100), **changes}
    answer = api.post(URL, json=body, headers=api_of(cast.sonia))
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert field in answer.json["errors"]


def test_money_goes_only_on_this_clients_open_invoices(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, other = make_client(cast), make_client(cast)
    foreign, note = make_invoice(cast, other), make_invoice(cast, client, kind="credit_note")
    small = make_invoice(cast, client, 100)
    for ref, amount in ((foreign.ref, 1), (note.ref, 1), (small.ref, 101), ("\x00", 1)):
        body = {
            "client_ref": client.ref,
            "received_on": today().isoformat(),
            "amount": euros(500),
            "allocations": [{"invoice_ref": ref, "amount": euros(amount)}],
        }
        assert api.post(URL, json=body, headers=api_of(cast.sonia)).status_code == 422
    assert list(ledger.verify()) == []


def test_payments_are_read_in_scope_and_by_role(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    client, headers = make_client(cast), api_of(cast.sonia)
    for day in range(3):
        body = {"client_ref": client.ref, "received_on": f"2026-11-0{day + 1}", "amount": euros(day + 1)}
        payment = api.post(URL, json=body, headers=headers).json
    first = api.get(f"{URL}?limit=2", headers=api_of(cast.bob)).json
    assert [row["amount"]["amount"] for row in first["items"]] == [3, 2]
    rest = api.get(f"{URL}?limit=2&cursor={first['next_cursor']}", headers=api_of(cast.bob)).json
    assert [row["amount"]["amount"] for row in rest["items"]] == [1] and rest["next_cursor"] is None
    for query in (f"client_ref={client.ref}", f"client_id={client.id}"):
        assert len(api.get(f"{URL}?{query}", headers=headers).json["items"]) == 3
    assert api.get(f"{URL}?cursor=xx", headers=headers).status_code == 422
    assert api.get(URL, headers=api_of(cast.oscar)).json["items"] == []
    for path in ("", "/allocations"):
        assert api.get(f"{URL}/{payment['id']}{path}", headers=api_of(cast.oscar)).status_code == 404
    assert api.get(URL, headers=api_of(cast.david)).status_code == 403
    assert api.post(URL, json=body, headers=api_of(cast.bob)).status_code == 403
    assert (
        api.post(f"{URL}/{payment['id']}/allocations", json={"allocations": []}, headers=headers).status_code
        == 422
    )
