"""Documents in other currencies keep theirs; sums are in the company's, at the rate of their date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid
from webapp.extensions import db
from webapp.invoices.queries import aging, find_balance
from webapp.invoices.services import rate_for, set_rate
from webapp.payments import ledger


def write(cast: Cast, currency: str, day: date, rate: str) -> None:
    with unit_of_work():
        set_rate(cast.sonia, currency, day, Decimal(rate))


def test_the_last_rate_serves_for_ten_days(cast: Cast) -> None:
    write(cast, "USD", date(2026, 3, 2), "0.92")
    write(cast, "USD", date(2026, 3, 6), "0.93")
    assert rate_for("USD", date(2026, 3, 5)) == 920_000_000
    assert rate_for("USD", date(2026, 3, 16)) == 930_000_000
    assert rate_for("EUR", date(1999, 1, 1)) == 10**9
    for day in (date(2026, 3, 1), date(2026, 3, 17)):
        with pytest.raises(Invalid) as refusal:
            rate_for("USD", day)
        assert refusal.value.code == "no_rate"


def test_rates_count_minor_units_so_yen_and_dinars_come_out_right(cast: Cast) -> None:
    write(cast, "JPY", date(2026, 3, 2), "0.0061")
    write(cast, "TND", date(2026, 3, 2), "0.295")
    assert rate_for("JPY", date(2026, 3, 2)) == 610_000_000  # 100 yen, 61 cents
    assert rate_for("TND", date(2026, 3, 2)) == 29_500_000  # 1 000 millimes, 29.5 cents


@pytest.mark.parametrize(
    ("currency", "rate", "field"), [("EUR", "1", "currency"), ("XYZ", "1", "currency"), ("USD", "0", "rate")]
)
def test_a_rate_that_makes_no_sense_is_refused(cast: Cast, currency: str, rate: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        write(cast, currency, date(2026, 3, 2), rate)
    assert field in refusal.value.errors
    with pytest.raises(Forbidden), unit_of_work():
        set_rate(cast.bob, "USD", date(2026, 3, 2), Decimal(1))


def test_a_dollar_invoice_is_settled_in_dollars_and_counted_in_euros(
    app: Flask, cast: Cast, api_of: Callable
) -> None:
    client, headers, api = make_client(cast), api_of(cast.sonia), app.test_client()
    body = {
        "client_ref": client.ref,
        "issued_on": "2026-10-01",
        "due_on": "2026-10-31",
        "gross": {"amount": 10_001, "currency": "USD"},
    }
    refused = api.put("/api/v1/invoices/by-ref/F-1", json=body, headers=headers)
    assert refused.status_code == 422 and "gross" in refused.json["errors"], refused.json
    made = api.put("/api/v1/invoices/by-ref/F-1", json={**body, "rate": "0.9"}, headers=headers)
    assert made.status_code == 201 and made.json["open_value"] == {"amount": 9_001, "currency": "EUR"}
    assert find_balance(client.id).outstanding == aging(cast.alice, client.id).overdue == 9_001
    paid = {"client_ref": client.ref, "received_on": "2026-11-02", "allocations": []}
    share = {"invoice_ref": "F-1", "amount": {"amount": 4_000, "currency": "EUR"}}
    euros = {**paid, "amount": {"amount": 4_000, "currency": "EUR"}, "allocations": [share]}
    wrong = api.post("/api/v1/payments", json=euros, headers=headers)
    assert wrong.status_code == 422 and "allocations" in wrong.json["errors"]
    share = {"invoice_ref": "F-1", "amount": {"amount": 4_000, "currency": "USD"}}
    dollars = {**paid, "amount": {"amount": 5_000, "currency": "USD"}, "rate": "0.95", "allocations": [share]}
    right = api.post("/api/v1/payments", json=dollars, headers=headers)
    assert right.status_code == 201, right.json
    assert right.json["unapplied"] == {"amount": 1_000, "currency": "USD"}
    db.session.rollback()
    assert find_balance(client.id).outstanding == 5_401 - 950  # 60.01 dollars at 0.90, 10.00 at 0.95
    assert list(ledger.verify()) == []


def test_the_table_of_rates_is_written_and_read_by_programs(app: Flask, cast: Cast, api_of: Callable) -> None:
    api, headers = app.test_client(), api_of(cast.sonia)
    made = api.put("/api/v1/exchange-rates/USD/2026-03-02", json={"rate": "0.9234"}, headers=headers)
    assert made.json == {"currency": "USD", "on": "2026-03-02", "rate": "0.9234"}
    assert (
        api.put("/api/v1/exchange-rates/USD/2026-03-02", json={"rate": "-1"}, headers=headers).status_code
        == 422
    )
    assert (
        api.put("/api/v1/exchange-rates/USD/nonsense", json={"rate": "1"}, headers=headers).status_code == 422
    )
    listed = api.get("/api/v1/exchange-rates?currency=USD", headers=headers).json["items"]
    assert [row["rate"] for row in listed] == ["0.9234"]


def test_people_enter_rates_and_are_told_what_is_wrong(browser_of: Callable, cast: Cast) -> None:
    client = browser_of(cast.sonia)
    token = client.get("/api/v1/session").json["csrf_token"]
    right = {"currency": "usd", "on": "2026-03-02", "rate": "0,9234", "csrf_token": token}
    assert client.post("/exchange-rates", data=right).status_code == 303
    assert "0,9234" in client.get("/exchange-rates").get_data(as_text=True)
    for field, value in (("currency", "XYZ"), ("on", "hier"), ("rate", "beaucoup"), ("rate", "-1")):
        wrong = client.post("/exchange-rates", data={**right, field: value})
        assert wrong.status_code == 422 and f'id="f-{field}-error"' in wrong.get_data(as_text=True)
    assert browser_of(cast.bob).get("/exchange-rates").status_code == 403
