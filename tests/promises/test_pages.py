"""Promises on pages, made of a message without a script; and for programs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.promises import pay, press, promise
from tests.factories.talk import say
from webapp.clients.services import parts
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.promises.models import Promise
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


def text(browser: FlaskClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")


def test_a_message_becomes_a_promise_without_a_script(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 1_200_000)
    with unit_of_work():
        parts.add_part(
            cast.system, client.id, "contacts", {"name": "Élise Delorme", "role": "payer", "phone": "0478"}
        )
    day = today() + timedelta(days=3)
    message = say(cast.bob, bill.id, f"Élise règle 9 500 € le {day:%d/%m/%Y}.")
    bob, chloe = browser_of(cast.bob), browser_of(cast.chloe)
    assert f"/threads/{bill.id}/promises/new?message={message.id}" in text(bob, f"/invoices/{bill.id}")
    form = text(bob, f"/threads/{bill.id}/promises/new?message={message.id}")
    assert 'value="9 500"' in form and f'value="{day.isoformat()}"' in form
    assert '<option value="Élise Delorme">' in form and "Reste à régler : 12 000,00 €." in form
    refused = press(bob, f"/threads/{bill.id}/promises", amount="beaucoup", promised_on="un jour")
    assert refused.status_code == 422 and "par exemple 12 000" in refused.get_data(as_text=True)
    written = {"amount": "9 500", "promised_on": day.isoformat(), "said_by": "Élise Delorme"}
    act = str(uuid.uuid4())
    for _press in range(2):
        answer = press(bob, f"/threads/{bill.id}/promises", **written, message=message.id, act=act)
        assert answer.headers["Location"] == f"/invoices/{bill.id}#act-{act}"
    row = db.session.scalars(select(Promise)).one()
    assert (str(row.id), row.amount, row.promised_on, row.message_id) == (act, 950_000, day, message.id)
    thread = text(chloe, f"/invoices/{bill.id}")
    assert "Attendue" in thread and "dit par Élise Delorme · noté par Bob Martin" in thread
    pay(cast, client.id, 950_000, on={bill.id: 950_000})
    assert "Tenue" in text(chloe, f"/threads/{bill.id}/acts/promise/{act}")


def test_a_promise_is_followed_on_pages(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast, legal_name="Ateliers du Rhône")
    row = promise(cast.bob, client.id, 950_000, said_by="Élise", due_in=3)
    bob, david = browser_of(cast.bob), browser_of(cast.david)
    assert "Promesse pour le " in text(bob, "/clients")
    sheet = text(bob, f"/clients/{client.id}")
    assert "9 500 €" in sheet and "Promesse de paiement" in sheet  # a fact, and a line of the timeline
    assert "Ateliers du Rhône" in text(bob, "/promises")
    pay(cast, client.id, 120_000)
    assert "1 200,00 € reçus" in text(bob, f"/promises/{row.id}")
    assert "reçus" not in text(david, f"/promises/{row.id}")
    assert 'value="8 300"' in text(bob, f"/promises/{row.id}/replace")
    day = (today() + timedelta(days=9)).isoformat()
    assert press(bob, f"/promises/{row.id}/replace", amount="8 300", promised_on=day).status_code == 303
    fresh = db.session.scalars(select(Promise).where(Promise.replaced_by.is_(None))).one()
    assert press(bob, f"/promises/{fresh.id}/cancel").status_code == 303
    db.session.expire_all()
    assert [each.state for each in db.session.scalars(select(Promise).order_by(Promise.id))] == [
        "replaced",
        "cancelled",
    ]
    assert "Promesse retirée." in text(bob, f"/promises/{fresh.id}")


def test_pages_read_many_promises_as_one(cast: Cast, browser_of: Browser, count_queries: object) -> None:
    bill = make_invoice(cast, make_client(cast), 1_200_000)
    bob, bill_id = browser_of(cast.bob), bill.id
    paths = ("/promises", f"/invoices/{bill_id}", "/clients")
    counts: list[list[int]] = []
    for more in (1, 5):
        for _turn in range(more):
            promise(cast.bob, bill_id, 100_000)
        counts.append([])
        for path in paths:
            bob.get(path)
            with count_queries() as sql:  # type: ignore[operator]
                assert bob.get(path).status_code == 200
            counts[-1].append(len(sql))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12


def test_a_program_takes_promises(cast: Cast, app: Flask, api_of: Callable[[Actor], dict[str, str]]) -> None:
    client = make_client(cast, ref="C-1")
    make_invoice(cast, client, 100_000, ref="F-1")
    program, headers = app.test_client(), api_of(cast.bob)
    body = {
        "invoice_ref": "F-1",
        "amount": {"amount": 60_000, "currency": "EUR"},
        "promised_on": today().isoformat(),
        "said_by": "Élise",
    }
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (
        program.post("/api/v1/promises", json=body, headers={**headers, **key}) for _turn in range(2)
    )
    assert first.status_code == again.status_code == 201 and first.get_json() == again.get_json()
    shown = first.get_json()
    assert (shown["state"], shown["client_ref"], shown["invoice_ref"]) == ("open", "C-1", "F-1")
    assert shown["received"] == {"amount": 0, "currency": "EUR"}
    two = {**body, "client_ref": "C-1"}
    assert program.post("/api/v1/promises", json=two, headers=headers).status_code == 422
    unknown = {**body, "invoice_ref": "F-NONE"}
    assert program.post("/api/v1/promises", json=unknown, headers=headers).status_code == 404
    said = {"amount": {"amount": 40_000, "currency": "EUR"}, "promised_on": today().isoformat()}
    path = f"/api/v1/promises/{shown['id']}"
    fresh = program.post(f"{path}/replacement", json=said, headers=headers).get_json()
    assert program.get(path, headers=headers).get_json()["replaced_by"] == fresh["id"]
    done = program.post(f"/api/v1/promises/{fresh['id']}/cancellation", headers=headers).get_json()
    assert done["state"] == "cancelled"
    listed = program.get("/api/v1/promises?client_ref=C-1&limit=1", headers=headers).get_json()
    assert len(listed["items"]) == 1 and listed["next_cursor"]
    rest = program.get(f"/api/v1/promises?cursor={listed['next_cursor']}", headers=headers).get_json()
    assert {each["id"] for each in (*listed["items"], *rest["items"])} == {shown["id"], fresh["id"]}
