"""`GET /api/v1/kpis/aging`: pages, totals, scope, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today

PATH = "/api/v1/kpis/aging"
Headers = Callable[..., dict[str, str]]


def ask(app: Flask, headers: dict[str, str], **query: object) -> dict[str, object]:
    found = app.test_client().get(PATH, query_string=query, headers=headers)
    assert found.status_code == 200, found.get_json()
    body: dict[str, object] = found.get_json()
    return body


def test_the_answer_holds_lines_totals_and_shares(app: Flask, cast: Cast, api_of: Headers) -> None:
    client = make_client(cast, ref="C-1", legal_name="Fonderie du Rhône")
    make_invoice(cast, client, 30_000, due_in=-45)
    make_invoice(cast, client, 10_000, due_in=5)
    make_invoice(cast, client, 2_500, due_in=-1, kind="credit_note")
    body = ask(app, api_of(cast.alice))
    line = body["items"][0]  # type: ignore[index]
    assert (line["ref"], line["name"]) == ("C-1", "Fonderie du Rhône")
    assert [each["amount"] for each in line["amounts"]] == [10_000, 0, 30_000, 0, 0, 0]
    assert line["credits"] == {"amount": 2_500, "currency": "EUR"}
    assert line["total"]["amount"] == 37_500 and line["overdue"]["amount"] == 30_000
    assert body["totals"]["total"]["amount"] == 37_500  # type: ignore[index,call-overload]
    assert [each["share"] for each in body["buckets"]] == [25, 0, 75, 0, 0, 0]  # type: ignore[attr-defined]
    assert body["buckets"][2] | {"share": 0, "amount": 0} == {"from": 31, "to": 60, "share": 0, "amount": 0}  # type: ignore[index]


@pytest.mark.parametrize("sort", ["-total", "total", "name", "-name", "b1", "-credits"])
def test_pages_follow_each_other_without_a_gap(app: Flask, cast: Cast, api_of: Headers, sort: str) -> None:
    for number in range(7):
        make_invoice(
            cast, make_client(cast, legal_name=f"Client {number % 3}"), 1_000 * (number % 4 + 1), due_in=-3
        )
    headers, cursor, seen = api_of(cast.alice), None, []
    while True:
        query = {"limit": 2, "sort": sort, **({"cursor": cursor} if cursor else {})}
        body = ask(app, headers, **query)
        seen += [line["id"] for line in body["items"]]  # type: ignore[attr-defined]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    whole = ask(app, headers, sort=sort)
    assert seen == [line["id"] for line in whole["items"]] and len(set(seen)) == 7  # type: ignore[attr-defined]
    assert body["totals"] == whole["totals"] and body["count"] == 7


def test_lines_by_representative_and_branch_have_their_names(app: Flask, cast: Cast, api_of: Headers) -> None:
    make_invoice(cast, make_client(cast), due_in=-3)
    make_invoice(cast, make_client(cast, branch="Siège", sales_rep=None), due_in=-3)
    headers = api_of(cast.alice)
    reps = {line["name"]: line["id"] for line in ask(app, headers, by="rep")["items"]}  # type: ignore[attr-defined]
    assert reps == {"Bob Martin": str(cast.bob.user_id), "Sans commercial": None}
    places = {line["name"] for line in ask(app, headers, by="branch", sort="name")["items"]}  # type: ignore[attr-defined]
    assert places == {"Lyon", "Siège"}


def test_a_past_day_answers_as_the_books_stood(app: Flask, cast: Cast, api_of: Headers) -> None:
    make_invoice(cast, make_client(cast), 5_000, due_in=20, issued_on=today() - timedelta(days=10))
    headers = api_of(cast.alice)
    assert ask(app, headers, as_of=today() - timedelta(days=11))["count"] == 0
    assert ask(app, headers, as_of=today() - timedelta(days=10))["count"] == 1


WRONG = {
    "a day that has not come": {"as_of": (today() + timedelta(days=1)).isoformat()},
    "no day": {"as_of": "2026-02-31"},
    "nonsense": {"as_of": "yesterday"},
    "another century": {"as_of": "1066-10-14"},
    "a column nobody knows": {"sort": "-iban"},
    "a column beyond the last": {"sort": "b6"},
    "a long column": {"sort": "b" * 500},
    "another grouping": {"by": "country"},
    "another date": {"date": "paid"},
    "too many": {"limit": 10_000},
    "no id": {"rep_id": "bob"},
    "no cursor": {"cursor": "abc"},
    "a cursor that is too long": {"cursor": "a" * 501},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused_with_its_field(
    app: Flask, cast: Cast, api_of: Headers, name: str
) -> None:
    found = app.test_client().get(PATH, query_string=WRONG[name], headers=api_of(cast.alice))
    assert found.status_code == 422
    assert set(found.get_json()["errors"]) == set(WRONG[name])


def test_the_cursor_of_another_list_is_refused(app: Flask, cast: Cast, api_of: Headers) -> None:
    for _number in range(3):
        make_invoice(cast, make_client(cast), due_in=-3)
    headers = api_of(cast.alice)
    cursors = [ask(app, headers, limit=1)["next_cursor"]]
    listed = app.test_client().get("/api/v1/invoices", query_string={"limit": 1}, headers=headers)
    cursors.append(listed.get_json()["next_cursor"])
    for cursor in cursors:
        query = {"cursor": cursor, "sort": "total"}
        assert app.test_client().get(PATH, query_string=query, headers=headers).status_code == 422


def test_a_role_that_sees_no_payments_sees_no_aged_balance(app: Flask, cast: Cast, api_of: Headers) -> None:
    assert app.test_client().get(PATH, headers=api_of(cast.david)).status_code == 403
