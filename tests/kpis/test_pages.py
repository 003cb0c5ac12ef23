"""The pages of figures: what they show, to whom, with how many queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.crowd import make_crowd
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.invoices.queries import aging_bounds
from webapp.invoices.services import set_aging_bounds
from webapp.payments.services import record_payment
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


def page(browser: FlaskClient, path: str, status: int = 200) -> str:
    found = browser.get(path)
    assert found.status_code == status
    return re.sub(r"[\u202f\u00a0]", " ", re.sub(r"</?i>", "", found.get_data(as_text=True)))


def test_the_aged_balance_shows_lines_totals_and_where_they_lead(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast, legal_name="Fonderie du Rhône")
    make_invoice(cast, client, 1_234_500, due_in=-45, ref="F-LATE")
    make_invoice(cast, client, 200_000, due_in=5)
    shown = page(browser_of(cast.alice), "/aging")
    assert "Fonderie du Rhône" in shown and "14 345 €" in shown and "12 345 €" in shown
    assert "86,1 %" in shown
    link = re.search(rf"/aging/{client.id}\?place=b2", shown)
    assert link is not None
    items = page(browser_of(cast.alice), link[0])
    assert "F-LATE" in items and "échue depuis 45 j" in items and "12 345,00" in items


def test_what_is_behind_an_amount_adds_up_to_it_on_a_past_day(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 50_000, due_in=-5, issued_on=today() - timedelta(days=40), ref="F-1")
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="t",
            source_ref="V-1",
            client_id=client.id,
            received_on=today() - timedelta(days=20),
            amount=8_000,
        )
    day = today() - timedelta(days=10)
    shown = page(browser_of(cast.alice), f"/aging/{client.id}?as_of={day}")
    assert "420 €" in shown and "V-1" in shown and "échéance le" in shown
    before = page(browser_of(cast.alice), f"/aging/{client.id}?as_of={day - timedelta(days=15)}")
    assert "500 €" in before and "V-1" not in before


def test_nothing_open_is_said(cast: Cast, browser_of: Browser) -> None:
    assert "Rien d’ouvert" in page(browser_of(cast.alice), "/aging")
    assert "Rien d’échu" in page(browser_of(cast.alice), "/overdue")


@pytest.mark.parametrize("written", ["2999-01-01", "demain", "2026-13-45", "0001-01-01", "'; drop"])
def test_a_day_that_cannot_be_is_refused_in_its_field(cast: Cast, browser_of: Browser, written: str) -> None:
    for path in ("/aging", f"/aging/{make_client(cast).id}"):
        shown = page(browser_of(cast.alice), f"{path}?as_of={written}", 422)
        assert path != "/aging" or 'id="e-as_of"' in shown


def test_odd_addresses_show_the_list_at_rest(cast: Cast, browser_of: Browser) -> None:
    make_invoice(cast, make_client(cast), due_in=-5)
    browser = browser_of(cast.alice)
    for path in (
        "/aging?by=x&date=x&sort=x&rep=x&branch=x&cursor=x",
        "/overdue?bucket=9&sort=x&rep=1&cursor=!",
    ):
        assert "1 000 €" in page(browser, path) or "1 000,00 €" in page(browser, path)
    assert "Ce montant n’est pas lisible." in page(browser, "/overdue?least=beaucoup", 422)


def test_a_representative_sees_own_clients_and_after_sales_no_balance(
    cast: Cast, browser_of: Browser
) -> None:
    mine = make_client(cast, legal_name="Client de Bob")
    other = make_client(cast, branch="Nantes", rep=cast.oscar, legal_name="Client d’Oscar")
    for client in (mine, other):
        make_invoice(cast, client, due_in=-5)
    for path in ("/aging", "/overdue"):
        shown = page(browser_of(cast.bob), path)
        assert "Client de Bob" in shown and "Client d’Oscar" not in shown
    browser = browser_of(cast.bob)
    assert browser.get(f"/aging/{other.id}").status_code == 404
    assert browser.get(f"/overdue?client={other.id}").get_data(as_text=True).count("Oscar") == 0
    david = browser_of(cast.david)
    assert david.get("/aging").status_code == david.get(f"/aging/{mine.id}").status_code == 403
    assert "Client de Bob" in page(david, "/overdue") and "Balance âgée" not in page(david, "/overdue")


@pytest.mark.parametrize("sort", ["-late", "late", "-amount", "client", "-rep", "branch", "ref"])
def test_the_overdue_list_goes_on_where_it_stopped(cast: Cast, browser_of: Browser, sort: str) -> None:
    make_crowd(cast, 70)
    browser, path, seen = browser_of(cast.chloe), f"/overdue?sort={sort}", []
    while path:
        shown = page(browser, path)
        seen += re.findall(r">(B-\d{5}-0)<", shown)
        more = re.search(r'href="(/overdue\?[^"]*cursor=[^"]+)"', shown)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 70


def test_the_overdue_list_is_narrowed_by_bucket_person_and_amount(cast: Cast, browser_of: Browser) -> None:
    one, two = make_client(cast), make_client(cast, branch="Nantes", rep=cast.oscar)
    make_invoice(cast, one, 100_00, due_in=-30, ref="A-30")
    make_invoice(cast, one, 900_00, due_in=-31, ref="A-31")
    make_invoice(cast, two, 500_00, due_in=-130, ref="B-130")
    browser = browser_of(cast.alice)
    wanted = {
        "bucket=1": {"A-30"},
        "bucket=2": {"A-31"},
        "bucket=5": {"B-130"},
        f"rep={cast.oscar.user_id}": {"B-130"},
        f"branch={cast.lyon.id}": {"A-30", "A-31"},
        "least=500": {"A-31", "B-130"},
        "rep=none": set(),
    }
    for query, refs in wanted.items():
        assert set(re.findall(r">([AB]-\d+)<", page(browser, f"/overdue?{query}"))) == refs, query


def test_large_lists_take_few_queries(
    cast: Cast, browser_of: Browser, count_queries: Callable[[], object]
) -> None:
    make_crowd(cast, 120)
    past = today() - timedelta(days=3)
    paths = ("/aging", "/aging?by=rep", "/aging?sort=name", f"/aging?as_of={past}", "/overdue?sort=amount")
    for actor in (cast.alice, cast.chloe, cast.bob):
        browser = browser_of(actor)
        for path in paths:
            browser.get(path)
            with count_queries() as sql:  # type: ignore[attr-defined]
                assert browser.get(path).status_code == 200
            assert len(sql) <= 12, (actor.name, path, len(sql))


def test_bounds_set_by_an_administrator_count_everywhere(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 10_000, due_in=-15)
    browser = browser_of(cast.ada)
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    form = {"bound": ["10", "20", "40", "100"], "csrf_token": token}
    assert browser.post("/settings/aging", data=form).status_code == 303
    assert aging_bounds() == (10, 20, 40, 100)
    for path in ("/aging", "/", f"/clients/{client.id}"):
        assert "11–20 j" in page(browser, path), path
    for wrong in (["10", "5", "40", "100"], ["10"], ["a", "b", "c", "d"], ["1", "2", "3", "9999"]):
        answer = browser.post("/settings/aging", data={**form, "bound": wrong})
        assert answer.status_code == 422 and "qui montent" in answer.get_data(as_text=True)
    with unit_of_work():
        set_aging_bounds(cast.system, (30, 60, 90, 120))
    assert browser_of(cast.alice).get("/settings/aging").status_code == 403
