"""The form of a client: errors beside fields, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.clients.queries import get_client, get_client_by_ref
from webapp.clients.services import upsert_client
from webapp.core.db import unit_of_work
from webapp.extensions import db


def filled(browser: FlaskClient, url: str) -> dict[str, str]:
    """The form as a browser would send it back."""
    page = browser.get(url).get_data(as_text=True)
    form = page.split('data-controller="draft"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else ""
    fields.pop("end_of_month", None)
    return fields


def test_an_edit_is_saved_and_leads_back_to_the_sheet(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Delorme", city="Lyon")
    browser, url = browser_of(cast.sonia), f"/clients/{client.id}/edit"
    form = filled(browser, url)
    assert (form["legal_name"], form["branch"], form["sales_rep"]) == ("Delorme", "Lyon", "bob@encours.test")
    answer = browser.post(url, data={**form, "city": "Bron", "end_of_month": "1", "payment_days": "45"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/clients/{client.id}")
    db.session.expire_all()
    saved = get_client(cast.sonia, client.id)
    assert (saved.city, saved.end_of_month, saved.payment_days, saved.trade_name) == ("Bron", True, 45, None)


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Delorme")
    browser, url = browser_of(cast.sonia), f"/clients/{client.id}/edit"
    form = filled(browser, url)
    answer = browser.post(url, data={**form, "siren": "123456789", "city": "Bron"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Ce SIREN est faux" in page
    assert 'id="f-siren-error"' in page and 'value="123456789"' in page and 'value="Bron"' in page
    for changes in (
        {"legal_name": " "},
        {"payment_days": "soon"},
        {"payment_days": "999"},
        {"insolvency": "odd"},
    ):
        assert browser.post(url, data={**form, **changes}).status_code == 422
    assert browser.post(url, data={**form, "city": "x\x07"}).status_code == 422


def test_two_people_at_once_see_both_versions(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Delorme", city="Lyon")
    browser, url = browser_of(cast.sonia), f"/clients/{client.id}/edit"
    form = filled(browser, url)
    with unit_of_work():
        upsert_client(cast.alice, client.ref, {"city": "Bron"})
    answer = browser.post(url, data={**form, "city": "Givors"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Alice Roux a changé cette fiche à" in page
    assert "<td>Bron</td><td>Givors</td>" in page
    db.session.expire_all()
    assert get_client(cast.sonia, client.id).city == "Bron"
    revision = re.search(r'name="revision" value="(\d+)"', page).group(1)
    assert browser.post(url, data={**form, "city": "Givors", "revision": revision}).status_code == 303
    db.session.expire_all()
    assert get_client(cast.sonia, client.id).city == "Givors"


def test_a_new_client_needs_a_free_reference(cast: Cast, browser_of: Callable) -> None:
    browser = browser_of(cast.ada)
    form = {**filled(browser, "/clients/new"), "ref": "C-9", "legal_name": "Delorme"}
    answer = browser.post("/clients/new", data=form)
    client = get_client_by_ref(cast.ada, "C-9")
    assert answer.headers["Location"] == f"/clients/{client.id}"
    again = browser.post("/clients/new", data=form)
    assert again.status_code == 422 and "Un client a déjà cette référence." in again.get_data(as_text=True)
    assert browser.post("/clients/new", data={**form, "ref": " "}).status_code == 422
    assert browser.post("/clients/new", data={**form, "ref": "\x00"}).status_code == 422


def test_only_writers_reach_the_form(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    for who, url in ((cast.bob, "/clients/new"), (cast.chloe, f"/clients/{client.id}/edit")):
        browser = browser_of(who)
        assert browser.get(url).status_code == 403
        assert browser.post(url, data={"legal_name": "x"}).status_code in (400, 403)
