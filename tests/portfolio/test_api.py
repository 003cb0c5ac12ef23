"""What a device gets of its person's clients: in scope, bounded, without a bank reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.factories.talk import say
from tests.factories.visits import visit
from webapp.clients.services.bank import add_account
from webapp.clients.services.parts import add_part
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.portfolio import rules
from webapp.portfolio.blanks import ACT, NAMED, NOWHERE, OWED
from webapp.threads.rules import client_thread_of

IBAN = "FR1420041010050500013M02606"
BUDGET = 9  # who asks, the company, accounts, and one for each kind of thing


def portfolio(app: Flask, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    answer = app.test_client().get(f"/api/v1/portfolio{query}", headers=headers)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_client_comes_with_all_that_a_car_park_needs(app: Flask, cast: Cast, api_of: Callable) -> None:
    client = make_client(cast, legal_name="Delorme", city="Lyon", phone="04 78 00 00 00")
    make_limit(cast, client, 5_000_000)
    late = make_invoice(cast, client, 846_000, due_in=-21)
    make_invoice(cast, client, 10_000, due_in=10)
    visit(cast.bob, client.id, "cash_tension")
    say(cast.alice, late.id, "Le bon de livraison manque")
    say(cast.bob, client_thread_of(late.id), "Merci de nous le renvoyer")
    with unit_of_work():
        add_part(
            cast.bob, client.id, "contacts", {"name": "Élise Delorme", "role": "payer", "phone": "0600000000"}
        )

    (kept,) = portfolio(app, api_of(cast.bob))["items"]
    assert (kept["name"], kept["city"], kept["sees_limit"]) == ("Delorme", "Lyon", True)
    assert kept["outstanding"] == {"amount": 856_000, "currency": "EUR"}
    assert kept["available"]["amount"] == 5_000_000 - 856_000
    assert [(each["late"], each["open"]["amount"]) for each in kept["invoices"]] == [
        (21, 846_000),
        (0, 10_000),
    ]
    assert [each["name"] for each in kept["contacts"]] == ["Élise Delorme"]
    assert [(each["name"], each["seen_on"]) for each in kept["facts"]] == [
        ("Trésorerie tendue", today().isoformat())
    ]
    said = {(each["audience"], each["author"], each["body"], each["invoice_id"]) for each in kept["messages"]}
    assert said == {
        ("internal", "Alice Roux", "Le bon de livraison manque", str(late.id)),
        ("client", "Bob Martin", "Merci de nous le renvoyer", str(late.id)),
    }


def test_it_is_the_persons_own_portfolio(app: Flask, cast: Cast, api_of: Callable) -> None:
    make_client(cast, legal_name="De Bob")
    make_client(cast, legal_name="D’Oscar", branch="Nantes", rep=cast.oscar)
    names = lambda actor: {each["name"] for each in portfolio(app, api_of(actor))["items"]}  # noqa: E731
    assert names(cast.bob) == {"De Bob"} and names(cast.oscar) == {"D’Oscar"}
    assert names(cast.chloe) == {"De Bob"} and names(cast.alice) == {"De Bob", "D’Oscar"}


def test_after_sales_keeps_no_limit_and_no_score(app: Flask, cast: Cast, api_of: Callable) -> None:
    client = make_client(cast)
    make_limit(cast, client, 5_000_000)
    (kept,) = portfolio(app, api_of(cast.david))["items"]
    assert not kept["sees_limit"]
    assert (kept["limit"], kept["available"], kept["utilisation"], kept["letter"]) == (None, None, None, None)


def test_no_bank_reference_is_kept_whoever_asks(app: Flask, cast: Cast, api_of: Callable) -> None:
    client = make_client(cast)
    with unit_of_work():
        add_account(cast.alice, client.id, {"holder": "Delorme", "iban": IBAN, "bic": "PSSTFRPPLIL"})
    say(cast.bob, client.id, f"Il paie sur {IBAN}, comme avant")
    for actor in (cast.bob, cast.alice, cast.emma):
        text = app.test_client().get("/api/v1/portfolio", headers=api_of(actor)).get_data(as_text=True)
        assert "Il paie sur" in text and rules.HIDDEN in text
        assert not any(secret in text for secret in (IBAN, IBAN[:12], IBAN[-6:], "PSSTFRPP"))


def test_a_page_costs_the_same_for_one_client_and_for_thirty(
    app: Flask, cast: Cast, api_of: Callable, count_queries: Callable
) -> None:
    headers, counts = api_of(cast.bob), []
    for more in (1, 29):
        for number in range(more):
            client = make_client(cast)
            invoice = make_invoice(cast, client)
            if number % 10 == 0:
                say(cast.bob, invoice.id)
                visit(cast.bob, client.id, "stock_high")
        with count_queries() as sql:
            portfolio(app, headers)
        counts.append(len(sql))
    assert counts[0] == counts[1] <= BUDGET, counts


def test_five_hundred_of_the_fullest_clients_stay_under_five_megabytes(
    app: Flask, cast: Cast, api_of: Callable
) -> None:
    client = make_client(cast, legal_name="Établissements " + "D" * 60)
    invoices = [make_invoice(cast, client, due_in=-day) for day in range(rules.MOST_INVOICES + 2)]
    for invoice in invoices[:6]:
        for _each in range(2):
            say(cast.bob, invoice.id, "Il dit que la palette est arrivée ouverte. " * 20)
    visit(
        cast.bob, client.id, "cash_tension", "stock_high", "works_stopped", "manager_change", "new_competitor"
    )
    answer = app.test_client().get("/api/v1/portfolio", headers=api_of(cast.bob))
    (kept,) = answer.get_json()["items"]
    assert len(kept["invoices"]) == rules.MOST_INVOICES and kept["open_count"] == len(invoices)
    assert len(kept["messages"]) == rules.MOST_MESSAGES
    assert len(answer.data) * rules.MOST_CLIENTS < 5_000_000


def test_pages_follow_one_another_and_what_did_not_change_is_not_sent_again(
    app: Flask, cast: Cast, api_of: Callable
) -> None:
    for number in range(3):
        make_invoice(cast, make_client(cast), 100_000 * (number + 1), due_in=-10)
    headers = api_of(cast.bob)
    first = portfolio(app, headers, "?limit=2")
    rest = portfolio(app, headers, f"?limit=2&cursor={first['next_cursor']}")
    assert [each["outstanding"]["amount"] for each in first["items"] + rest["items"]] == [
        300_000,
        200_000,
        100_000,
    ]
    assert rest["next_cursor"] is None

    browser = app.test_client()
    tag = browser.get("/api/v1/portfolio?limit=2", headers=headers).headers["ETag"]
    known = {**headers, "If-None-Match": tag}
    again = browser.get("/api/v1/portfolio?limit=2", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    make_invoice(cast, make_client(cast), 900_000, due_in=-10)
    assert browser.get("/api/v1/portfolio?limit=2", headers=known).status_code == 200


def test_a_page_too_large_or_a_foreign_cursor_is_refused_in_words(
    app: Flask, cast: Cast, api_of: Callable
) -> None:
    for query, field in (("?limit=101", "limit"), ("?cursor=zzz", "cursor")):
        answer = app.test_client().get(f"/api/v1/portfolio{query}", headers=api_of(cast.bob))
        assert answer.status_code == 422 and field in answer.get_json()["errors"]


def test_a_company_may_forbid_it(app: Flask, cast: Cast, api_of: Callable, browser_of: Callable) -> None:
    make_client(cast)
    ada = browser_of(cast.ada)
    assert "checked" in ada.get("/settings/offline-reading").get_data(as_text=True)
    token = {"csrf_token": ada.get("/api/v1/session").get_json()["csrf_token"]}
    assert ada.post("/settings/offline-reading", data=token).status_code == 303
    answer = app.test_client().get("/api/v1/portfolio", headers=api_of(cast.bob))
    assert (answer.status_code, answer.get_json()["code"]) == (403, rules.FORBIDDEN)
    assert "ne permet pas" in browser_of(cast.bob).get("/portfolio").get_data(as_text=True)
    ada.post("/settings/offline-reading", data={**token, "on": "1"})
    assert portfolio(app, api_of(cast.bob))["items"]


def test_the_page_a_device_keeps_names_nobody(app: Flask, cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Delorme")
    make_invoice(cast, client, 846_000)
    page = browser_of(cast.bob).get("/portfolio").get_data(as_text=True)
    for secret in ("Bob", "Delorme", "8\u202f460", str(client.id)):
        assert secret not in page
    assert re.findall(r'csrf.token" (?:content|value)="([^"]*)"', page) == [""] * 3


def test_blank_forms_stand_for_any_client_and_prove_nothing(
    app: Flask, cast: Cast, browser_of: Callable
) -> None:
    make_client(cast, legal_name="Delorme")
    bob = browser_of(cast.bob)
    for name, where in (("visit", f"/clients/{NOWHERE}/visits"), ("promise", f"/threads/{NOWHERE}/promises")):
        page = bob.get(f"/portfolio/forms/{name}").get_data(as_text=True)
        assert f'action="{where}"' in page and NAMED in page and ACT in page and "Delorme" not in page
        assert 'name="csrf_token" value=""' in page and 'name="csrf-token" content=""' in page
        assert (OWED in page) == (name == "visit")
        assert not re.search(r'data-count="[a-z]+">', page)
    assert bob.get("/portfolio/forms/else").status_code == 404
    assert browser_of(cast.ada).get("/portfolio/forms/promise").status_code == 403
    assert browser_of(cast.ada).get("/portfolio/forms/visit").status_code == 403
