"""Can it be sold on credit now? The rule, the answer for programs, the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.forms import flat
from webapp.clients.models import Client
from webapp.clients.services import upsert_client
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.disputes.services import open_dispute
from webapp.home.rules import selling
from webapp.home.rules.selling import ASK, DEPOSIT, YES, Act, Reason, Standing, judge
from webapp.invoices.services import OrderInput, upsert_order

Browser = Callable[..., FlaskClient]
Headers = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    ("amount", "standing", "answer", "deposit", "codes"),
    [
        (12_000, Standing(30_000, limit=50_000), YES, None, ["fits"]),
        (20_000, Standing(30_000, limit=50_000), YES, None, ["fits"]),
        (20_001, Standing(30_000, limit=50_000), DEPOSIT, 1, ["over"]),
        (12_000, Standing(30_000, orders=10_400, limit=50_000), DEPOSIT, 2_400, ["over", "orders"]),
        (12_000, Standing(-5_000, limit=10_000), YES, None, ["fits"]),
        (1, Standing(50_000, limit=50_000), ASK, None, ["used_up"]),
        (1, Standing(0, limit=0), ASK, None, ["used_up"]),
        (1, Standing(0), ASK, None, ["no_limit"]),
        (1, Standing(10, limit=0, ended=True), ASK, None, ["limit_ended"]),
        (1, Standing(0, limit=50_000, insolvent=True), ASK, None, ["insolvent"]),
        (1, Standing(10, limit=50_000, days_late=31, max_days_late=30), ASK, None, ["too_late"]),
        (1, Standing(10, limit=50_000, days_late=30, max_days_late=30), YES, None, ["fits"]),
        (1, Standing(60_000, limit=50_000, insolvent=True, days_late=9, max_days_late=0), ASK, None,
         ["insolvent", "used_up", "too_late"]),
    ],
)  # fmt: skip
def test_the_answer_follows_limit_orders_delay_and_insolvency(
    amount: int, standing: Standing, answer: str, deposit: int | None, codes: list[str]
) -> None:
    verdict = judge(amount, standing)
    assert (verdict.answer, verdict.deposit) == (answer, deposit)
    assert [reason.code for reason in verdict.reasons] == codes


def test_what_is_left_and_what_is_missing_are_said_to_the_cent() -> None:
    assert judge(12_000, Standing(30_000, limit=50_000)).reasons == (Reason("fits", amount=8_000),)
    assert judge(1, Standing(50_150, limit=50_000)).reasons == (Reason("used_up", amount=150),)


def test_the_best_act_is_the_one_that_frees_most() -> None:
    small, large = (Act(selling.COLLECT, uuid4(), "F-1", 900), Act(selling.SETTLE, uuid4(), "F-2", 1_240))
    assert selling.best_act([small, large]) == large
    assert selling.best_act([]) is None
    standing = Standing(50_000, limit=50_000)
    assert selling.is_enough(1_000, standing, large) and not selling.is_enough(1_000, standing, small)


def delorme(cast: Cast) -> Client:
    """450 EUR of 500 used: 128.60 overdue, of another 321.40 a part contested."""
    client = make_client(cast, legal_name="Ateliers Delorme")
    make_invoice(cast, client, 12_860, due_in=-12, ref="F-LATE")
    contested = make_invoice(cast, client, 32_140, ref="F-CONTESTED")
    with unit_of_work():
        open_dispute(cast.bob, contested.id, reason="quality", amount=5_000, text="Casse à la livraison")
    make_limit(cast, client, 50_000)
    return client


def test_a_program_asks_whether_an_order_may_ship(
    cast: Cast, app: Flask, api_of: Headers, count_queries: Callable
) -> None:
    path, headers = f"/api/v1/clients/{delorme(cast).id}/credit-check", api_of(cast.bob)

    def check(amount: int) -> dict:
        answer = app.test_client().get(f"{path}?amount={amount}", headers=headers)
        assert answer.status_code == 200, answer.json
        return answer.json

    yes = check(5_000)
    assert (yes["answer"], yes["deposit"], yes["best_act"]) == ("yes", None, None)
    assert yes["reasons"] == [{"code": "fits", "message": "Le plafond suffit : il restera 0\xa0€."}]
    with count_queries() as counted:
        deposit = check(12_000)
    assert len(counted) <= 3
    assert (deposit["answer"], deposit["deposit"]) == ("deposit", {"amount": 7_000, "currency": "EUR"})
    best = deposit["best_act"]
    assert (best["kind"], best["ref"], best["enough"]) == ("collect", "F-LATE", True)
    assert best["amount"] == {"amount": 12_860, "currency": "EUR"}
    assert check(12_000 + 12_860)["best_act"]["enough"] is False


def test_orders_count_before_they_are_billed(cast: Cast, app: Flask, api_of: Headers) -> None:
    client = make_client(cast)
    make_limit(cast, client, 50_000)
    with unit_of_work():
        upsert_order(cast.sonia, OrderInput("order", "CD-1", client.id, issued_on=today(), amount=45_000))
    answer = (
        app.test_client()
        .get(f"/api/v1/clients/{client.id}/credit-check?amount=8000", headers=api_of(cast.bob))
        .json
    )
    assert (answer["answer"], answer["deposit"]["amount"]) == ("deposit", 3_000)
    assert [each["code"] for each in answer["reasons"]] == ["over", "orders"]


@pytest.mark.parametrize("amount", ["", "0", "-5", "1.5", "abc", "10000000000000000"])
def test_an_amount_that_is_none_is_refused_beside_it(
    cast: Cast, app: Flask, api_of: Headers, amount: str
) -> None:
    client = make_client(cast)
    answer = app.test_client().get(
        f"/api/v1/clients/{client.id}/credit-check?amount={amount}", headers=api_of(cast.bob)
    )
    assert answer.status_code == 422 and "amount" in answer.json["errors"]


def test_who_sees_no_limits_learns_nothing(cast: Cast, app: Flask, api_of: Headers) -> None:
    client = delorme(cast)
    path = f"/api/v1/clients/{client.id}/credit-check?amount=100"
    assert app.test_client().get(path, headers=api_of(cast.david)).status_code == 403
    assert app.test_client().get(path, headers=api_of(cast.oscar)).status_code == 404


def test_the_page_answers_with_reasons_and_the_act_that_frees_most(cast: Cast, browser_of: Browser) -> None:
    client, bob = delorme(cast), browser_of(cast.bob)
    assert f"/clients/{client.id}/sell" in bob.get(f"/clients/{client.id}").text
    asked = flat(bob.get(f"/clients/{client.id}/sell"))
    assert "Vérifier" in asked and "verdict" not in asked
    text = flat(bob.get(f"/clients/{client.id}/sell?amount=120,00"))
    assert "Oui, avec 70 € d’acompte" in text and "Le plafond serait dépassé de 70 €." in text
    assert "Encaisser F-LATE libère 128,60 €." in text and "Cela suffirait." in text
    assert "Oui" in flat(bob.get(f"/clients/{client.id}/sell?amount=50"))
    wrong = bob.get(f"/clients/{client.id}/sell?amount=beaucoup")
    assert wrong.status_code == 422
    assert "Indiquez un montant, par exemple 12 000." in flat(wrong) and "beaucoup" in flat(wrong)


def test_an_insolvent_client_is_to_be_asked_about_and_an_ended_limit_too(
    cast: Cast, browser_of: Browser
) -> None:
    client, bob = delorme(cast), browser_of(cast.bob)
    with unit_of_work():
        upsert_client(cast.system, client.ref, {"insolvency": "safeguard"})
    text = flat(bob.get(f"/clients/{client.id}/sell?amount=1"))
    assert "À demander" in text and "Le client est en procédure collective." in text
    other = make_client(cast)
    limit = make_limit(cast, other, 1_000)
    with unit_of_work():
        limit.ends_on = today() - timedelta(days=1)
    assert "Le plafond est arrivé à son terme." in flat(bob.get(f"/clients/{other.id}/sell?amount=1"))


def test_after_sales_finds_no_such_page(cast: Cast, browser_of: Browser) -> None:
    client, david = delorme(cast), browser_of(cast.david)
    assert david.get(f"/clients/{client.id}/sell").status_code == 404
    assert "/sell" not in david.get(f"/clients/{client.id}").text
