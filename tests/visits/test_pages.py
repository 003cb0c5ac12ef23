"""The report in three taps without a script, facts on the pages of others, and the same for programs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.factories import pictures
from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import make_dispute
from tests.factories.people import Cast
from tests.factories.promises import press
from tests.factories.visits import fact_of, visit
from webapp.core.clock import today
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files.storage import path_of
from webapp.users.actor import Actor
from webapp.visits.models import Acknowledgement, Visit
from webapp.visits.queries import files_of

Browser = Callable[[Actor], FlaskClient]
Headers = Callable[[Actor], dict[str, str]]
Count = Callable[[], Any]


def text(browser: FlaskClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True).replace("\u202f", " ").replace("\xa0", " ")


def test_three_taps_make_a_report_and_a_second_press_none(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast, legal_name="Ateliers Delorme", city="Lyon")
    bob = browser_of(cast.bob)
    assert f"/clients/{client.id}/visits/new" in text(bob, "/visits/new?q=delorme")
    form = text(bob, f"/clients/{client.id}/visits/new")
    assert "Trésorerie tendue" in form and "Je suis chez ce client" not in form
    act = str(new_id())
    for _press in range(2):
        answer = press(bob, f"/clients/{client.id}/visits", facts=["works_stopped"], visit_id=act)
        assert answer.headers["Location"] == f"/visits/{act}"
    assert db.session.query(Visit).count() == 1
    assert "Chantier arrêté" in text(bob, f"/visits/{act}")
    assert "Ateliers Delorme" in text(bob, "/visits")
    assert "Chantier arrêté" in text(bob, f"/clients/{client.id}/thread")


def test_a_full_report_comes_in_one_form(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    bob, day = browser_of(cast.bob), today() + timedelta(days=4)
    written = {
        "outcome": "bad",
        "note": "Deux règlements attendus",
        "met": "Élise",
        "promise.amount": "7 220",
        "promise.promised_on": day.isoformat(),
        "signed.amount": "12 000,50",
        "signed.signatory": "Élise Delorme",
        "signed.capacity": "gérante",
    }
    path = f"/clients/{client.id}/visits"
    unsigned = press(bob, path, **written)
    assert unsigned.status_code == 422 and "Faites signer" in unsigned.get_data(as_text=True)
    files = {
        "files": [(BytesIO(pictures.jpeg()), "chantier.jpg"), (BytesIO(pictures.ogg()), "note.ogg")],
        "signature": (BytesIO(pictures.png()), "signature.png"),
    }
    answer = press(bob, path, **written, **files)
    assert answer.status_code == 303
    row = db.session.scalars(select(Acknowledgement)).one()
    photo, _voice = files_of(row.visit_id)
    with Image.open(path_of(photo.sha256)) as kept:  # where it was taken is nobody's business
        assert not kept.getexif()
    assert (row.amount, row.words) == (1_200_050, "douze mille euros et cinquante centimes")
    page = text(bob, answer.headers["Location"])
    for words in (
        "Mal passée",
        "7 220<i>,00",
        "douze mille euros",
        "Message vocal",
        row.digest,
        "a vu Élise",
    ):
        assert words in page
    assert text(bob, f"{answer.headers['Location']}/thread").count("Le compte rendu") == 1


def test_what_is_wrong_is_said_where_it_was_typed(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    bob, path = browser_of(cast.bob), f"/clients/{client.id}/visits"
    empty = press(bob, path)
    assert empty.status_code == 422 and "ce qui est promis" in empty.get_data(as_text=True)
    shown = {
        "promise.amount": "beaucoup",
        "promise.promised_on": "bientôt",
        "outcome": "good",
        "facts": ["good_news"],
    }
    wrong = press(bob, path, **shown).get_data(as_text=True)
    assert "par exemple 12 000" in wrong and "Indiquez le jour promis" in wrong
    assert 'value="good_news" checked' in wrong and 'value="good" checked' in wrong
    hostile = press(bob, path, outcome="good", files=(BytesIO(b"MZ\x90"), "x.jpg"))
    assert hostile.status_code == 422 and "ni un PDF" in hostile.get_data(as_text=True)
    assert db.session.query(Visit).count() == 0


def test_facts_stand_on_the_sheet_until_somebody_ends_them(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    fact = fact_of(visit(cast.bob, client.id, "cash_tension", note="Atelier calme"))
    alice, ada, sheet = browser_of(cast.alice), browser_of(cast.ada), f"/clients/{client.id}"
    page = text(alice, sheet)
    assert "Vu sur place" in page and "Plus vrai" in page and "Atelier calme" in page
    assert "Plus vrai" not in text(ada, sheet)
    assert "Trésorerie tendue" in text(alice, f"{sheet}/activity?kind=visits")
    confirmed = press(alice, f"/facts/{fact.id}/confirm", back="//evil.test/")
    assert confirmed.headers["Location"] == sheet
    assert "confirmé le" in text(alice, sheet)
    assert (
        press(alice, f"/facts/{fact.id}/end", back=f"/visits/{fact.visit_id}").headers["Location"]
        == f"/visits/{fact.visit_id}"
    )
    page = text(alice, sheet)
    assert "Vu sur place" not in page and "n’a plus cours" in page
    assert press(alice, f"/facts/{fact.id}/end").status_code == 303


def test_facts_are_attached_beside_an_invoice_and_a_dispute(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client)
    dispute = make_dispute(cast, bill)
    fact = fact_of(visit(cast.bob, client.id, "cash_tension"))
    bob = browser_of(cast.bob)
    for place, shown in ((f"/invoices/{bill.id}", "/facts"), (f"/disputes/{dispute.id}", "")):
        assert "Rattacher" in text(bob, place + shown)
        answer = press(bob, f"{place}/facts", fact_id=fact.id)
        assert answer.headers["Location"] == place
        assert "Détacher Trésorerie tendue" in text(bob, place + shown)
        press(bob, f"{place}/facts/remove", fact_id=fact.id)
        assert "Détacher" not in text(bob, place + shown)
    frame = bob.get(f"/invoices/{bill.id}/facts", headers={"Turbo-Frame": "seen-side"}).get_data(as_text=True)
    assert frame.startswith('<turbo-frame id="seen-side"') and "<html" not in frame
    assert f'src="/invoices/{bill.id}/facts"' in text(bob, f"/invoices/{bill.id}")
    assert press(bob, f"/invoices/{bill.id}/facts").status_code == 404


def test_pages_of_visits_ask_a_few_questions_whatever_they_show(
    cast: Cast, browser_of: Browser, count_queries: Count
) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client)
    made = [visit(cast.bob, client.id, "cash_tension", "good_news", note="x") for _turn in range(6)][-1]
    bob = browser_of(cast.bob)
    places = ["/visits", f"/visits/{made.id}", f"/clients/{client.id}", f"/clients/{client.id}/visits/new"]
    for path in (*places, f"/invoices/{bill.id}"):
        bob.get(path)
        with count_queries() as sql:
            assert bob.get(path).status_code == 200
        assert len(sql) <= 12, (path, len(sql), sql)


def test_an_administrator_sets_facts_and_the_stamp(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    ada, bob = browser_of(cast.ada), browser_of(cast.bob)
    path = "/settings/visit-facts"
    assert "Rumeur de défaillance" in text(ada, path)
    refused = press(ada, path, label="", weight="x", days="0").get_data(as_text=True)
    assert "un poids de" in refused and "de 1 à 730" in refused
    assert press(ada, path, label="Toiture refaite", weight="−2", days="30").status_code == 303
    assert press(ada, f"{path}/kinds/cash_tension", label="", weight="9", days="45").status_code == 303
    assert press(ada, f"{path}/stamp", on="1").status_code == 303
    form = text(bob, f"/clients/{client.id}/visits/new")
    assert "Toiture refaite" in form and "Trésorerie tendue" not in form and "Je suis chez ce client" in form
    answer = press(bob, f"/clients/{client.id}/visits", here="1")
    assert "a dit être sur place" in text(bob, answer.headers["Location"])
    assert ada.get(f"{path}/kinds/none").status_code == 404


def test_programs_report_and_read_visits(app: Flask, cast: Cast, api_of: Headers) -> None:
    client = make_client(cast, ref="C-API")
    bob, david = api_of(cast.bob), api_of(cast.david)
    browser, act = app.test_client(), str(new_id())
    body = {"client_ref": "C-API", "outcome": "good", "facts": [{"kind": "insolvency_rumour"}]}
    sent = {"headers": {**bob, "Idempotency-Key": act}, "json": body}
    first, again = (browser.post("/api/v1/visits", **sent) for _turn in range(2))
    assert first.status_code == 201 and first.get_json() == again.get_json()
    assert first.get_json()["id"] == first.get_json()["thread_id"] == act
    for turn in range(3):
        body = {"client_id": str(client.id), "note": f"Visite {turn}"}
        other = {**bob, "Idempotency-Key": str(uuid.uuid4())}
        assert browser.post("/api/v1/visits", headers=other, json=body).status_code == 201
    page = browser.get("/api/v1/visits?limit=3&client_ref=C-API", headers=bob).get_json()
    rest = browser.get(f"/api/v1/visits?limit=3&cursor={page['next_cursor']}", headers=bob).get_json()
    assert [len(page["items"]), len(rest["items"])] == [3, 1]
    assert rest["items"][0]["facts"] == ["Rumeur de défaillance"]
    (fact,) = browser.get("/api/v1/facts?client_ref=C-API", headers=bob).get_json()["items"]
    assert (fact["state"], fact["weight"], fact["strength"]) == ("standing", 10, 10)
    hidden = browser.get(f"/api/v1/facts/{fact['id']}", headers=david).get_json()
    assert (hidden["weight"], hidden["strength"]) == (None, None)
    ended = browser.post(f"/api/v1/facts/{fact['id']}/end", headers=bob)
    assert ended.get_json()["state"] == "ended"
    assert browser.post(f"/api/v1/facts/{fact['id']}/confirmation", headers=bob).status_code == 409
    assert (
        browser.get("/api/v1/facts?state=all&limit=1", headers=bob).get_json()["items"][0]["id"] == fact["id"]
    )
    kinds = browser.get("/api/v1/fact-kinds", headers=bob).get_json()["items"]
    assert {"code": "stock_high", "name": "Stock haut", "days": 60, "weight": 2} in kinds
    for wrong in ({"outcome": "good"}, {**body, "client_ref": "C-API"}, {**body, "surprise": 1}):
        assert browser.post("/api/v1/visits", headers=bob, json=wrong).status_code == 422
