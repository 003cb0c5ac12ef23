"""Deliveries: they count until they are billed, once, whatever comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.factories.books import make_client
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.jobs import bring_exposures_up
from webapp.invoices.models import DeliveryNote, Invoice
from webapp.invoices.queries import chain_of, find_balance
from webapp.invoices.services import (
    InvoiceInput,
    NoteInput,
    OrderInput,
    set_exposure_parts,
    upsert_invoice,
    upsert_note,
    upsert_order,
    void_invoices,
)
from webapp.payments import ledger
from webapp.risk.queries import list_alerts


def order(cast: Cast, client: Any, amount: int, ref: str = "O-1") -> Any:
    with unit_of_work():
        return upsert_order(cast.sonia, OrderInput("order", ref, client.id, today(), amount))[0].id


def deliver(cast: Cast, client: Any, amount: int, of: Any = None, ref: str = "BL-1", **more: Any) -> Any:
    with unit_of_work():
        row = NoteInput(ref, client.id, today(), amount, of, **more)
        return upsert_note(cast.sonia, row)[0].id


def bill(cast: Cast, client: Any, gross: int, ref: str = "F-1", of: Any = None, notes: Any = None) -> Any:
    with unit_of_work():
        row = InvoiceInput(ref, client.id, today(), today() + timedelta(days=30), gross, order_id=of)
        return upsert_invoice(cast.sonia, row, notes=notes)[0]


def counted(client: Any) -> tuple[int, int, int, int]:
    """Owed, delivered and not billed, ordered, exposure."""
    db.session.rollback()
    row = find_balance(client.id)
    assert list(ledger.verify()) == []
    return row.outstanding, row.unbilled_amount, row.open_orders, row.exposure


@pytest.mark.parametrize(
    ("ordered", "billed", "delivered", "open_", "left"),
    [
        (100, 0, [], 100, []),
        (100, 0, [rules.Delivered(40)], 60, [40]),
        (100, 30, [rules.Delivered(40)], 60, [10]),  # a deposit comes off what is delivered
        (100, 60, [rules.Delivered(40)], 40, [0]),
        (100, 40, [rules.Delivered(40, named=True), rules.Delivered(25)], 35, [0, 25]),
        (100, 50, [rules.Delivered(40, named=True), rules.Delivered(25)], 35, [0, 15]),
        (100, 0, [rules.Delivered(40, closed=True), rules.Delivered(25)], 35, [0, 25]),
        (100, 0, [rules.Delivered(130)], 0, [130]),  # delivered beyond what was ordered
        (100, 150, [rules.Delivered(100)], 0, [0]),
        (100, 70, [rules.Delivered(30), rules.Delivered(30), rules.Delivered(30)], 10, [0, 0, 20]),
    ],
)
def test_what_counts_of_an_order_is_the_most_of_ordered_delivered_and_billed(
    ordered: int, billed: int, delivered: list, open_: int, left: list[int]
) -> None:
    assert rules.left_to_deliver(ordered, billed, delivered) == open_
    assert rules.left_to_bill(billed, delivered) == left


def test_an_order_becomes_a_delivery_then_an_invoice_and_counts_once_all_along(cast: Cast) -> None:
    client = make_client(cast)
    wanted = order(cast, client, 10_000)
    assert counted(client) == (0, 0, 10_000, 10_000)
    note = deliver(cast, client, 6_000, wanted)
    assert counted(client) == (0, 6_000, 4_000, 10_000)
    bill(cast, client, 6_000, of=wanted, notes=[note])
    assert counted(client) == (6_000, 0, 4_000, 10_000)
    deliver(cast, client, 4_000, wanted, "BL-2")
    bill(cast, client, 4_000, "F-2", of=wanted)  # names no delivery: its order says enough
    assert counted(client) == (10_000, 0, 0, 10_000)


def test_one_invoice_bills_deliveries_of_several_orders_and_of_none(cast: Cast) -> None:
    client = make_client(cast)
    orders = [order(cast, client, 10_000, f"O-{number}") for number in (1, 2)]
    notes = [deliver(cast, client, 3_000, of, f"BL-{n}") for n, of in enumerate([*orders, None])]
    assert counted(client) == (0, 9_000, 14_000, 23_000)
    for of in (None, orders[0]):  # whether or not it also names one of them
        invoice = bill(cast, client, 9_000, of=of, notes=notes)
        assert counted(client) == (9_000, 0, 14_000, 23_000)
    with unit_of_work():
        void_invoices(cast.sonia, [invoice], "test")
    assert counted(client) == (0, 9_000, 14_000, 23_000)


def test_a_delivery_corrected_once_billed_under_another_order_is_counted_there_too(cast: Cast) -> None:
    client = make_client(cast)
    first, second = (order(cast, client, 10_000, f"O-{number}") for number in (1, 2))
    note = deliver(cast, client, 3_000, second)
    bill(cast, client, 5_000, of=first, notes=[note])
    assert counted(client) == (5_000, 0, 15_000, 20_000)
    for amount, ordered in ((4_000, 15_000), (1_000, 15_000)):
        deliver(cast, client, amount, second)
        assert counted(client) == (5_000, 0, ordered, 5_000 + ordered)
    deliver(cast, client, 1_000)  # it was of no order after all
    assert counted(client) == (5_000, 0, 16_000, 21_000)


def test_an_invoice_that_names_others_lets_go_of_the_first(cast: Cast) -> None:
    client = make_client(cast)
    first, second = deliver(cast, client, 5_000), deliver(cast, client, 2_000, ref="BL-2")
    bill(cast, client, 5_000, notes=[first])
    assert counted(client)[1] == 2_000
    bill(cast, client, 5_000)  # says nothing of deliveries: they stay
    assert counted(client)[1] == 2_000
    bill(cast, client, 5_000, notes=[second])
    assert counted(client)[1] == 5_000
    bill(cast, client, 5_000, notes=[])
    assert counted(client)[1] == 7_000


def test_a_delivery_that_nobody_will_bill_is_closed_and_opened_again(cast: Cast) -> None:
    client = make_client(cast)
    deliver(cast, client, 5_000)
    for closed, left in ((True, 0), (None, 0), (False, 5_000)):
        with unit_of_work():
            upsert_note(cast.sonia, NoteInput("BL-1", client.id, today(), 5_000), closed=closed)
        assert counted(client)[1] == left


def test_a_breach_comes_with_the_order_and_goes_with_the_setting(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 8_000)
    order(cast, client, 10_000)
    assert [(each.alert.kind, each.alert.exposure) for each in list_alerts(cast.emma, "open")] == [
        ("limit_breach", 10_000)
    ]
    with unit_of_work():
        set_exposure_parts(cast.system, unbilled=True, orders=False)
    bring_exposures_up()
    assert counted(client) == (0, 0, 10_000, 0)
    assert list_alerts(cast.emma, "open") == []
    deliver(cast, client, 9_000)
    assert counted(client)[3] == 9_000
    assert [each.alert.kind for each in list_alerts(cast.emma, "open")] == ["limit_breach"]
    with unit_of_work():
        set_exposure_parts(cast.system, unbilled=False, orders=False)
    bring_exposures_up()
    assert counted(client)[3] == 0


def test_only_administrators_choose_what_counts(cast: Cast) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        set_exposure_parts(cast.sonia, unbilled=False, orders=False)


@pytest.mark.parametrize("fault", ["other client", "other currency", "billed", "credit"])
def test_an_invoice_names_only_deliveries_it_can_bill(cast: Cast, fault: str) -> None:
    client, other = make_client(cast), make_client(cast)
    owner = other if fault == "other client" else client
    currency = {"currency": "USD", "rate": 900_000_000} if fault == "other currency" else {}
    note = deliver(cast, owner, 5_000, **currency)
    if fault == "billed":
        bill(cast, client, 5_000, "F-0", notes=[note])
    kind = "credit_note" if fault == "credit" else "invoice"
    row = InvoiceInput("F-1", client.id, today(), today(), 5_000, kind)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        upsert_invoice(cast.sonia, row, notes=[note])
    assert list(refusal.value.errors) == ["delivery_refs"]
    db.session.rollback()
    assert db.session.query(Invoice).filter_by(ref="F-1").count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"ref": " "}, "ref"),
        ({"currency": "USD"}, "amount"),
        ({"client": 1}, "order_ref"),
    ],
)
def test_a_delivery_that_makes_no_sense_names_the_field(cast: Cast, changes: dict, field: str) -> None:
    client = make_client(cast)
    wanted = order(cast, client, 10_000)
    owner = make_client(cast) if changes.pop("client", None) else client
    values = {"ref": "BL-1", "client_id": owner.id, "delivered_on": today(), "amount": 5, "order_id": wanted}
    with pytest.raises(Invalid) as refusal, unit_of_work():
        upsert_note(cast.sonia, NoteInput(**{**values, **changes}))
    assert field in refusal.value.errors


def test_a_billed_delivery_does_not_change_hands_nor_its_order_its_currency(cast: Cast) -> None:
    client, other = make_client(cast), make_client(cast)
    wanted = order(cast, client, 10_000)
    note = deliver(cast, client, 5_000, wanted)
    bill(cast, client, 5_000, notes=[note])
    with pytest.raises(Conflict), unit_of_work():
        upsert_note(cast.sonia, NoteInput("BL-1", other.id, today(), 5_000))
    for changes in ({"client_id": other.id}, {"currency": "USD"}):
        values = {"kind": "order", "ref": "O-1", "client_id": client.id, "issued_on": today(), "amount": 5}
        with pytest.raises(Invalid), unit_of_work():
            upsert_order(cast.sonia, OrderInput(**{**values, **changes}))


def test_those_who_do_not_record_invoices_record_no_deliveries(cast: Cast) -> None:
    client = make_client(cast)
    with pytest.raises(Forbidden), unit_of_work():
        upsert_note(cast.bob, NoteInput("BL-1", client.id, today(), 5_000))


def test_the_api_records_bills_and_lists_them(cast: Cast, app: Flask, api_of: Callable) -> None:
    client = make_client(cast, ref="C-1")
    api, headers = app.test_client(), api_of(cast.sonia)
    euros = lambda cents: {"amount": cents, "currency": "EUR"}  # noqa: E731
    body = {"client_ref": "C-1", "delivered_on": "2026-10-01", "amount": euros(5_000)}
    url = "/api/v1/delivery-notes/by-ref/BL-1"
    assert api.put(url, json=body, headers=headers).status_code == 201
    assert api.put(url, json=body, headers=headers).status_code == 200
    assert api.get(url, headers=headers).json["state"] == "unbilled"
    exposure = api.get(f"/api/v1/clients/{client.id}/exposure", headers=headers).json
    assert (exposure["unbilled_amount"], exposure["exposure"]) == (euros(5_000), euros(5_000))
    bill_ = {"client_ref": "C-1", "issued_on": "2026-10-05", "gross": euros(5_000), "delivery_refs": ["BL-1"]}
    invoices = "/api/v1/invoices/by-ref"
    unknown = api.put(f"{invoices}/F-9", json={**bill_, "delivery_refs": ["BL-9"]}, headers=headers)
    assert (unknown.status_code, "BL-9" in unknown.json["errors"]["delivery_refs"]) == (422, True)
    assert api.put(f"{invoices}/F-1", json=bill_, headers=headers).status_code == 201
    found = api.get("/api/v1/delivery-notes?client_ref=C-1", headers=headers).json["items"]
    assert [(each["ref"], each["state"], each["invoice_ref"]) for each in found] == [
        ("BL-1", "billed", "F-1")
    ]
    assert api.get("/api/v1/delivery-notes?unbilled=true", headers=headers).json["items"] == []
    assert api.get("/api/v1/delivery-notes/by-ref/BL-9", headers=headers).status_code == 404
    one = api.get(f"/api/v1/delivery-notes/{found[0]['id']}", headers=headers).json
    assert one == found[0]


def test_pages_show_what_waits_for_its_invoice(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Ateliers du Rhône")
    make_limit(cast, client, 50_000)
    wanted = order(cast, client, 10_000)
    deliver(cast, client, 6_000, wanted)
    browser = browser_of(cast.emma)
    listed = browser.get("/orders?filter=delivered").get_data(as_text=True)
    assert "BL-1" in listed and f"/orders/{wanted}" in listed
    page = browser.get(f"/orders/{wanted}").get_data(as_text=True)
    assert "BL-1" in page and "À facturer" in page
    sheet = browser.get(f"/clients/{client.id}").get_data(as_text=True)
    assert "livrés à facturer" in sheet and "filter=delivered" in sheet
    assert [step.name for step in chain_of(wanted).steps] == ["ordered", "delivered"]
    assert db.session.query(DeliveryNote).count() == 1


def test_the_setting_is_on_the_company_s_page(cast: Cast, browser_of: Callable) -> None:
    browser = browser_of(cast.ada)
    page = browser.get("/settings/company").get_data(as_text=True)
    assert 'name="orders" value="1" checked' in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post("/settings/company/exposure", data={"csrf_token": token, "unbilled": "1"})
    assert answer.status_code == 303
    page = browser.get("/settings/company").get_data(as_text=True)
    assert 'name="orders" value="1" checked' not in page and 'name="unbilled" value="1" checked' in page
