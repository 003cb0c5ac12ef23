"""Clients as programs write and read them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.home.services import refresh_lines
from webapp.risk.models import CreditLimit

URL = "/api/v1/clients"


@pytest.fixture
def api(app: Flask) -> FlaskClient:
    return app.test_client()


def limit(client: object, amount: int) -> None:
    with unit_of_work():
        db.session.add(CreditLimit(client_id=client.id, amount=amount, starts_on=today()))
        refresh_lines([client.id])


def test_a_client_is_created_then_edited_by_reference(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    headers = api_of(cast.sonia)
    body = {
        "legal_name": "Ateliers Delorme",
        "siren": "732 829 320",
        "branch": "Lyon",
        "sales_rep": "bob@encours.test",
        "terms": {"days": 45, "end_of_month": True},
    }
    first = api.put(f"{URL}/by-ref/C/00418", json=body, headers=headers)
    assert first.status_code == 201, first.json
    client = first.json
    assert (client["siren"], client["branch"], client["sales_rep"]) == (
        "732829320",
        "Lyon",
        "bob@encours.test",
    )
    assert client["terms"] == {"days": 45, "end_of_month": True}
    assert client["outstanding"] == {"amount": 0, "currency": "EUR"} and client["limit"] is None
    second = api.put(f"{URL}/by-ref/C/00418", json={"city": "Lyon"}, headers=headers)
    assert (second.status_code, second.json["legal_name"], second.json["city"]) == (
        200,
        "Ateliers Delorme",
        "Lyon",
    )
    for path in (client["id"], "by-ref/C/00418"):
        assert api.get(f"{URL}/{path}", headers=api_of(cast.bob)).json == second.json


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"legal_name": "x", "siren": "123456789"}, "siren"),
        ({"legal_name": "x", "colour": "blue"}, "colour"),
        ({"legal_name": 12}, "legal_name"),
        ({"legal_name": ""}, "legal_name"),
        ({"legal_name": "x", "terms": {"days": -1}}, "terms"),
        ({"legal_name": "x", "country": "France"}, "country"),
        ({"legal_name": "x", "insolvency": "bankrupt"}, "insolvency"),
        ({"city": "Lyon"}, "legal_name"),
    ],
)
def test_a_body_that_cannot_be_used_names_the_field(
    cast: Cast, api: FlaskClient, api_of: Callable, body: dict, field: str
) -> None:
    answer = api.put(f"{URL}/by-ref/C-1", json=body, headers=api_of(cast.sonia))
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert field in answer.json["errors"]


def test_exposure_says_what_may_still_be_sold_and_hides_limits_by_role(
    cast: Cast, api: FlaskClient, api_of: Callable
) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 30_000, due_in=-4)
    make_invoice(cast, client, 50_000, due_in=4)
    limit(client, 100_000)
    seen = api.get(f"{URL}/{client.id}/exposure", headers=api_of(cast.bob)).json
    amounts = {key: value["amount"] for key, value in seen.items() if isinstance(value, dict)}
    assert amounts == {
        "outstanding": 80_000,
        "overdue": 30_000,
        "not_due": 50_000,
        "unbilled_amount": 0,
        "open_orders": 0,
        "unapplied": 0,
        "exposure": 80_000,
        "cover": 0,
        "unsecured": 80_000,
        "limit": 100_000,
        "available": 20_000,
    }
    assert seen["utilisation"] == 80
    hidden = api.get(f"{URL}/{client.id}/exposure", headers=api_of(cast.david)).json
    assert (hidden["limit"], hidden["utilisation"], hidden["available"]) == (None, None, None)
    assert hidden["exposure"]["amount"] == 80_000
    sheet = api.get(f"{URL}/{client.id}", headers=api_of(cast.david)).json
    assert (sheet["limit"], sheet["utilisation"], sheet["payer_class"]) == (None, None, None)


def test_the_list_searches_filters_sorts_and_pages(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    names = ["Bâti-Sud", "Charpentes Morvan", "Delorme", "Gauthier"]
    clients = [make_client(cast, legal_name=name, city="Lyon") for name in names]
    make_invoice(cast, clients[1], 70_000, due_in=-90, ref="F-2026-1187")
    make_invoice(cast, clients[2], 20_000, due_in=-2)
    limit(clients[1], 60_000)

    def found(query: str, who: object = cast.bob) -> list[str]:
        answer = api.get(f"{URL}?{query}", headers=api_of(who))
        assert answer.status_code == 200, answer.json
        return [row["legal_name"] for row in answer.json["items"]]

    assert found("") == names
    assert found("sort=outstanding")[:2] == found("sort=urgency")[:2] == ["Charpentes Morvan", "Delorme"]
    assert found("q=bati") == found("q=b%C3%A2ti+lyon") == ["Bâti-Sud"]
    assert found("q=f-2026-11") == ["Charpentes Morvan"]
    assert found("filter=breach") == found("filter=overdue_60") == ["Charpentes Morvan"]
    assert found("filter=overdue") == ["Charpentes Morvan", "Delorme"]
    assert found("filter=no_limit") == ["Bâti-Sud", "Delorme", "Gauthier"]
    assert found("q=%25%25") == found("", cast.oscar) == []
    for sort in ("name", "outstanding", "urgency"):
        page = api.get(f"{URL}?sort={sort}&limit=3", headers=api_of(cast.bob)).json
        rest = found(f"sort={sort}&limit=3&cursor={page['next_cursor']}")
        assert sorted([row["legal_name"] for row in page["items"]] + rest) == names
    for cursor in (
        "xx",
        "WzEsMl0",
        "WyJhIiwiYiJd",
        "WyJcdTAwMDAiLCIwMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAiXQ",
    ):
        assert api.get(f"{URL}?cursor={cursor}", headers=api_of(cast.bob)).status_code == 422
    assert api.get(f"{URL}?filter=odd", headers=api_of(cast.bob)).status_code == 422


def test_clients_out_of_scope_look_missing(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    client = make_client(cast)
    headers = api_of(cast.oscar)
    for path in ("", "/exposure", "/timeline"):
        assert api.get(f"{URL}/{client.id}{path}", headers=headers).status_code == 404
    assert api.get(f"{URL}/by-ref/{client.ref}", headers=headers).status_code == 404
    assert api.get(f"{URL}/by-ref/%00", headers=headers).status_code == 404
    assert api.put(f"{URL}/by-ref/{client.ref}", json={"city": "x"}, headers=headers).status_code == 403
    assert api.get(URL).status_code == 401


def test_the_timeline_pages_newest_first(cast: Cast, api: FlaskClient, api_of: Callable) -> None:
    client = make_client(cast)
    for number in range(5):
        make_invoice(cast, client, 1_000 + number)
    url, headers = f"{URL}/{client.id}/timeline", api_of(cast.bob)
    kinds, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{url}?limit=2{'&cursor=' + cursor if cursor else ''}", headers=headers).json
        kinds += [(row["kind"], row["amount"]) for row in page["items"]]
        cursor = page["next_cursor"]
    assert [amount["amount"] for kind, amount in kinds if kind == "invoice"] == [
        1_004,
        1_003,
        1_002,
        1_001,
        1_000,
    ]
    assert kinds[-1] == ("client", None)
    assert api.get(f"{url}?cursor=WzEsMiwzXQ", headers=headers).status_code == 422
