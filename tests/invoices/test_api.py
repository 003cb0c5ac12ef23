"""Invoices as programs write and read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.invoices.services import void_invoices
from webapp.payments.services import record_payment

URL = "/api/v1/invoices"


@pytest.fixture
def api(app: Flask) -> FlaskClient:
    return app.test_client()


def euros(cents: int, currency: str = "EUR") -> dict[str, object]:
    return {"amount": cents, "currency": currency}


def body(client: object, **changes: object) -> dict[str, object]:
    values = {
        "client_ref": client.ref,
        "issued_on": "2026-11-01",
        "due_on": "2026-12-01",
        "gross": euros(120_000),
    }
    return {**values, **changes}


def test_an_invoice_is_created_then_unchanged_then_corrected(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, headers = make_client(cast), api_of(cast.sonia)
    first = api.put(f"{URL}/by-ref/F/2026/1", json=body(client), headers=headers)
    assert first.status_code == 201, first.json
    invoice = first.json
    assert invoice["thread_id"] == invoice["id"] and invoice["status"] == "open"
    assert (invoice["gross"], invoice["open"], invoice["kind"]) == (euros(120_000), euros(120_000), "invoice")
    assert invoice["instalments"] == [
        {"number": 1, "due_on": "2026-12-01", "amount": euros(120_000), "open": euros(120_000)}
    ]
    assert api.put(f"{URL}/by-ref/F/2026/1", json=body(client), headers=headers).json["revision"] == 1
    changed = api.put(f"{URL}/by-ref/F/2026/1", json=body(client, gross=euros(5)), headers=headers)
    assert (changed.status_code, changed.json["gross"]) == (200, euros(5))
    assert api.get(f"{URL}/{invoice['id']}", headers=headers).json == changed.json
    assert api.get(f"{URL}/by-ref/F/2026/1", headers=headers).json == changed.json


def test_terms_decide_when_no_due_date_is_given_and_instalments_when_there_are(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, headers = make_client(cast, payment_days=45, end_of_month=True), api_of(cast.sonia)
    plain = body(client)
    plain.pop("due_on")
    assert api.put(f"{URL}/by-ref/F-1", json=plain, headers=headers).json["due_on"] == "2026-12-31"
    parts = [
        {"due_on": "2026-12-15", "amount": euros(20_000)},
        {"due_on": "2027-01-15", "amount": euros(100_000)},
    ]
    answer = api.put(f"{URL}/by-ref/F-2", json={**plain, "instalments": parts}, headers=headers).json
    assert answer["due_on"] == "2027-01-15" and len(answer["instalments"]) == 2
    wrong = api.put(f"{URL}/by-ref/F-3", json={**plain, "instalments": parts[:1]}, headers=headers)
    assert wrong.status_code == 422 and "instalments" in wrong.json["errors"]


def test_a_due_date_before_issue_is_taken_with_a_warning(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client = make_client(cast)
    answer = api.put(f"{URL}/by-ref/F-1", json=body(client, due_on="2026-10-01"), headers=api_of(cast.sonia))
    assert (answer.status_code, answer.json["warnings"]) == (201, ["due_before_issue"])
    assert answer.json["status"] == "overdue" and answer.json["days_late"] > 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_ref": "nobody"}, "client_ref"),
        ({"client_ref": ""}, "client_ref"),
        ({"gross": euros(0)}, "gross"),
        ({"gross": euros(10**13)}, "gross"),
        ({"gross": euros(1, "USD")}, "gross"),
        ({"gross": "1200"}, "gross"),
        ({"issued_on": "yesterday"}, "issued_on"),
        ({"issued_on": "9999-12-31"}, "issued_on"),
        ({"due_on": "0001-01-01"}, "due_on"),
        ({"kind": "quote"}, "kind"),
        ({"open": euros(1)}, "open"),
        ({"instalments": [{"due_on": "2026-12-01", "amount": euros(-1)}]}, "instalments"),
    ],
)
def test_a_body_that_cannot_be_used_names_the_field(
    cast: Cast, api: FlaskClient, api_of: Callable, changes: dict, field: str
) -> None:
    answer = api.put(f"{URL}/by-ref/F-1", json=body(make_client(cast), **changes), headers=api_of(cast.sonia))
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert field in answer.json["errors"]


def test_a_correction_below_what_was_received_is_refused(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, headers = make_client(cast), api_of(cast.sonia)
    invoice = make_invoice(cast, client, 10_000)
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="t",
            source_ref="1",
            client_id=client.id,
            received_on=today(),
            amount=6_000,
            allocations=[(invoice.id, 6_000)],
        )
    answer = api.put(f"{URL}/by-ref/{invoice.ref}", json=body(client, gross=euros(5_000)), headers=headers)
    assert answer.status_code == 422 and "gross" in answer.json["errors"]


def test_the_list_filters_by_status_client_and_words_and_pages(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client, other = make_client(cast, legal_name="Bâti-Sud"), make_client(cast)
    late = make_invoice(cast, client, 1_000, due_in=-5, ref="AB-1")
    partly = make_invoice(cast, client, 1_000, due_in=5, ref="AB-2")
    paid = make_invoice(cast, client, 1_000, due_in=6, ref="CD-3")
    gone = make_invoice(cast, other, 1_000, due_in=7, ref="CD-4")
    fresh = make_invoice(cast, other, 1_000, due_in=8, ref="CD-5")
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="t",
            source_ref="1",
            client_id=client.id,
            received_on=today() - timedelta(days=1),
            amount=1_400,
            allocations=[(paid.id, 1_000), (partly.id, 400)],
        )
        void_invoices(cast.sonia, [gone.id], "x")

    def refs(query: str, who: object = cast.sonia) -> list[str]:
        found = api.get(f"{URL}?{query}", headers=api_of(who))
        assert found.status_code == 200, found.json
        return [row["ref"] for row in found.json["items"]]

    assert refs("") == [late.ref, partly.ref, paid.ref, fresh.ref]
    assert refs("status=overdue") == [late.ref]
    assert refs("status=partly_paid") == [partly.ref]
    assert refs("status=open") == [fresh.ref]
    assert refs("status=paid") == [paid.ref]
    assert refs("status=unpaid") == [late.ref, partly.ref, fresh.ref]
    assert refs("status=void") == [gone.ref]
    assert refs(f"client_ref={other.ref}") == refs(f"client_id={other.id}") == [fresh.ref]
    assert refs("q=ab-") == [late.ref, partly.ref]
    assert refs("q=bati") == [late.ref, partly.ref, paid.ref]
    assert refs("q=%25_") == []
    assert api.get(f"{URL}?q=%00", headers=api_of(cast.bob)).status_code == 422
    assert refs("", cast.oscar) == []
    page = api.get(f"{URL}?limit=3", headers=api_of(cast.bob)).json
    assert refs(f"limit=3&cursor={page['next_cursor']}", cast.bob) == [fresh.ref]
    assert api.get(f"{URL}?status=late", headers=api_of(cast.bob)).status_code == 422


def test_invoices_out_of_scope_look_missing(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client)
    headers = api_of(cast.oscar)
    assert api.get(f"{URL}/{invoice.id}", headers=headers).status_code == 404
    assert api.get(f"{URL}/by-ref/{invoice.ref}", headers=headers).status_code == 404
    assert api.put(f"{URL}/by-ref/F-9", json=body(client), headers=headers).status_code in (403, 422)
    assert api.put(f"{URL}/by-ref/F-9", json=body(client), headers=api_of(cast.bob)).status_code == 403
    assert api.get(f"{URL}/by-ref/%00", headers=headers).status_code == 404
