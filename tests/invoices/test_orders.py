"""Quotes and orders: what was offered, ordered, billed, and what still counts as ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.extensions import db
from webapp.invoices.models import Order
from webapp.invoices.queries import chain_of, find_balance, map_documents
from webapp.invoices.services import (
    InvoiceInput,
    OrderInput,
    upsert_invoices,
    upsert_order,
    void_invoices,
    void_orders,
)
from webapp.payments import ledger


def order(
    cast: Cast, client: object, amount: int, ref: str = "O-1", kind: str = "order", **more: object
) -> Order:
    with unit_of_work():
        return upsert_order(cast.sonia, OrderInput(kind, ref, client.id, today(), amount, **more))[0]


def bill(cast: Cast, client: object, row: Order, gross: int, ref: str, kind: str = "invoice") -> None:
    with unit_of_work():
        upsert_invoices(
            cast.sonia,
            [InvoiceInput(ref, client.id, today(), today(), gross, kind=kind, order_id=row.id)],
        )


def ordered(client: object) -> int:
    db.session.rollback()
    return find_balance(client.id).open_orders


def test_what_is_billed_no_longer_counts_as_ordered(cast: Cast) -> None:
    client = make_client(cast)
    row = order(cast, client, 10_000)
    assert ordered(client) == 10_000
    bill(cast, client, row, 6_000, "F-1")
    assert (ordered(client), db.session.get(Order, row.id).billed) == (4_000, 6_000)
    bill(cast, client, row, 7_000, "F-2")
    assert ordered(client) == 0
    bill(cast, client, row, 5_000, "A-1", kind="credit_note")
    assert (ordered(client), db.session.get(Order, row.id).billed) == (2_000, 8_000)
    with unit_of_work():
        void_invoices(cast.sonia, [map_documents(["F-1"])["F-1"].id], "test")
    assert ordered(client) == 8_000
    assert list(ledger.verify()) == []


def test_an_order_of_a_quote_wins_it_and_a_quote_never_counts(cast: Cast) -> None:
    client = make_client(cast)
    quote = order(cast, client, 9_000, "D-1", "quote", ends_on=date(2027, 1, 31))
    assert ordered(client) == 0
    row = order(cast, client, 9_500, quote_id=quote.id)
    bill(cast, client, row, 9_500, "F-1")
    found = chain_of(quote.id)
    assert (found.quote.state, found.order.ref, [each.ref for each in found.invoices]) == (
        "won",
        "O-1",
        ["F-1"],
    )


def test_a_closed_order_counts_no_more_and_a_reopened_one_again(cast: Cast) -> None:
    client = make_client(cast)
    order(cast, client, 10_000)
    for state, expected in (("closed", 0), ("open", 10_000)):
        with unit_of_work():
            upsert_order(cast.sonia, OrderInput("order", "O-1", client.id, today(), 10_000), state=state)
        assert ordered(client) == expected


def test_the_same_order_again_changes_nothing(cast: Cast) -> None:
    client = make_client(cast)
    row = OrderInput("order", "O-1", client.id, today(), 10_000)
    outcomes = []
    for _ in range(2):
        with unit_of_work():
            outcomes.append(upsert_order(cast.sonia, row)[1])
    assert outcomes == ["created", "unchanged"]


def test_an_order_somebody_billed_is_not_voided(cast: Cast) -> None:
    client = make_client(cast)
    row = order(cast, client, 10_000)
    bill(cast, client, row, 1_000, "F-1")
    with pytest.raises(Conflict) as refusal, unit_of_work():
        void_orders(cast.sonia, [row.id], "test")
    assert refusal.value.errors == {"orders": ["O-1"]}
    other = order(cast, client, 700, "O-2")
    with unit_of_work():
        void_orders(cast.sonia, [other.id], "test")
    assert ordered(client) == 9_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"ref": " "}, "ref"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
    ],
)
def test_an_order_that_makes_no_sense_names_the_field(cast: Cast, changes: dict, field: str) -> None:
    values = {
        "kind": "order",
        "ref": "O-1",
        "client_id": make_client(cast).id,
        "issued_on": today(),
        "amount": 5,
    }
    with pytest.raises(Invalid) as refusal, unit_of_work():
        upsert_order(cast.sonia, OrderInput(**{**values, **changes}))
    assert field in refusal.value.errors


def test_a_quote_of_another_client_or_a_wrong_state_is_refused(cast: Cast) -> None:
    client = make_client(cast)
    quote = order(cast, make_client(cast), 9_000, "D-1", "quote")
    with pytest.raises(Invalid), unit_of_work():
        upsert_order(cast.sonia, OrderInput("order", "O-1", client.id, today(), 5, quote_id=quote.id))
    with pytest.raises(Invalid), unit_of_work():
        upsert_order(cast.sonia, OrderInput("order", "O-1", client.id, today(), 5), state="won")
    with pytest.raises(Forbidden), unit_of_work():
        upsert_order(cast.bob, OrderInput("order", "O-1", client.id, today(), 5))


def test_programs_write_quotes_orders_and_their_invoices(app: Flask, cast: Cast, api_of: Callable) -> None:
    client, headers, api = make_client(cast), api_of(cast.sonia), app.test_client()
    body = {
        "client_ref": client.ref,
        "issued_on": "2026-10-01",
        "amount": {"amount": 90_000, "currency": "EUR"},
    }
    assert api.put("/api/v1/quotes/by-ref/D-1", json=body, headers=headers).status_code == 201
    made = api.put("/api/v1/orders/by-ref/O-1", json={**body, "quote_ref": "D-1"}, headers=headers)
    assert made.status_code == 201 and made.json["quote_ref"] == "D-1", made.json
    invoice = {
        "client_ref": client.ref,
        "issued_on": "2026-10-20",
        "due_on": "2026-11-20",
        "order_ref": "O-1",
    }
    invoice["gross"] = {"amount": 40_000, "currency": "EUR"}
    assert api.put("/api/v1/invoices/by-ref/F-1", json=invoice, headers=headers).status_code == 201
    read = api.get("/api/v1/orders/by-ref/O-1", headers=headers).json
    assert (read["billed"]["amount"], read["open_value"]["amount"]) == (40_000, 50_000)
    listed = api.get(f"/api/v1/orders?client_ref={client.ref}&kind=quote", headers=headers).json["items"]
    assert [(row["ref"], row["state"]) for row in listed] == [("D-1", "won")]
    wrong = api.put("/api/v1/invoices/by-ref/F-2", json={**invoice, "order_ref": "O-9"}, headers=headers)
    assert wrong.status_code == 422 and "order_ref" in wrong.json["errors"]
    assert api.get("/api/v1/orders/by-ref/O-9", headers=headers).status_code == 404
    make_invoice(cast, client)
