"""Contacts, addresses, references and signatories: one life for all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.clients.models import Contact
from webapp.clients.queries.parts import get_part, list_parts
from webapp.clients.services import parts
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.home.queries.timeline import list_happenings
from webapp.users.models import AuditEntry, AuditPayload

PAYER = {"name": "Élise Delorme", "role": "payer", "phone": "04 78 00 00 00"}


def add(actor: object, client: object, part: str = "contacts", **values: object) -> object:
    with unit_of_work():
        return parts.add_part(actor, client.id, part, {**PAYER, **values} if part == "contacts" else values)


def test_a_part_is_added_corrected_and_taken_away_and_each_step_is_audited(cast: Cast) -> None:
    client = make_client(cast)
    row = add(cast.bob, client)
    with unit_of_work():
        parts.change_part(cast.alice, client.id, "contacts", row.id, {**PAYER, "phone": "06 01 02 03 04"})
        parts.change_part(cast.alice, client.id, "contacts", row.id, {**PAYER, "phone": "06 01 02 03 04"})
    with unit_of_work():
        parts.remove_part(cast.bob, client.id, "contacts", row.id)
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == str(client.id)).order_by(AuditEntry.id)
    ).all()
    assert actions == ["client.create", "contact.add", "contact.change", "contact.remove"]
    assert db.session.scalar(select(Contact.id)) is None
    told = [line.text for line in list_happenings(cast.bob, client.id, kind="sheet")]
    assert told == ["contact.remove", "contact.change", "contact.add", "client.create"]


def test_the_last_one_said_to_be_preferred_in_a_role_is(cast: Cast) -> None:
    client = make_client(cast)
    first = add(cast.bob, client, preferred=True)
    decider = add(cast.bob, client, role="decider", preferred=True)
    second = add(cast.bob, client, name="Anne Faure", preferred=True)
    preferred = {row.id for row in list_parts(client.id, "contacts") if row.preferred}
    assert preferred == {second.id, decider.id} and first.id not in preferred


def test_what_one_field_alone_does_not_say(cast: Cast) -> None:
    client = make_client(cast)
    with pytest.raises(Invalid) as refusal:
        add(cast.bob, client, phone=None)
    assert "phone" in refusal.value.errors
    with pytest.raises(Invalid) as refusal:
        dates = {"since": date(2026, 5, 1), "until": date(2026, 4, 1)}
        add(cast.alice, client, "signatories", name="A", capacity="Gérante", **dates)
    assert "until" in refusal.value.errors


def test_others_find_nothing_and_roles_write_what_is_theirs(cast: Cast) -> None:
    client, elsewhere = make_client(cast), make_client(cast)
    row = add(cast.bob, client)
    for call in (
        lambda: add(cast.oscar, client),
        lambda: get_part(cast.oscar, client.id, "contacts", row.id),
        lambda: get_part(cast.bob, elsewhere.id, "contacts", row.id),
    ):
        with pytest.raises(NotFound):
            call()
    for part in ("addresses", "references", "signatories"):
        with pytest.raises(Forbidden):
            add(cast.bob, client, part, city="Lyon")


def test_pages_work_without_scripts(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    browser, base = browser_of(cast.bob), f"/clients/{client.id}/contacts"
    csrf = browser.get("/api/v1/session").get_json()["csrf_token"]

    def post(path: str, **form: str) -> object:
        return browser.post(path, data={**form, "csrf_token": csrf})

    assert "Nouveau contact" in browser.get(f"{base}/new").get_data(as_text=True)
    again = post(f"{base}/new", name=" ", role="payer", phone="0478")
    assert again.status_code == 422 and "Corrigez les champs" in again.get_data(as_text=True)
    done = post(f"{base}/new", name="<b>Élise</b>", role="payer", phone="0478", language="de")
    assert done.status_code == 303 and done.location.endswith(f"/clients/{client.id}#contacts")
    page = browser.get(base).get_data(as_text=True)
    assert "&lt;b&gt;Élise&lt;/b&gt;" in page and "Allemand" in page and "Paie" in page
    framed = browser.get(base, headers={"Turbo-Frame": "panel-contacts"}).get_data(as_text=True)
    assert framed.startswith('<turbo-frame id="panel-contacts"') and "<html" not in framed
    row_id = list_parts(client.id, "contacts")[0].id
    assert "0478" in browser.get(f"{base}/{row_id}").get_data(as_text=True)
    assert post(f"{base}/{row_id}", name="Anne", role="payer", email="a@b.test").status_code == 303
    assert post(f"{base}/{row_id}/remove").status_code == 303
    assert browser.get(f"{base}/{row_id}").status_code == 404


def test_programs_write_the_same_parts(app: Flask, cast: Cast, api_of: Callable) -> None:
    client, api, headers = make_client(cast), app.test_client(), api_of(cast.alice)
    base = f"/api/v1/clients/{client.id}"
    ceiling = {"amount": 5_000_00, "currency": "EUR"}
    signer = {"name": "Anne Faure", "capacity": "Gérante", "since": "2026-01-01", "ceiling": ceiling}
    made = api.post(f"{base}/signatories", json=signer, headers=headers)
    assert made.status_code == 201 and made.json["ceiling"] == ceiling and made.json["until"] is None
    listed = api.get(f"{base}/signatories", headers=headers).json
    assert [row["id"] for row in listed["items"]] == [made.json["id"]]
    url = f"{base}/signatories/{made.json['id']}"
    assert api.put(url, json={"name": "A", "capacity": "DAF"}, headers=headers).json["ceiling"] is None
    assert api.put(url, json={"name": "A"}, headers=headers).status_code == 422
    assert api.put(url, json={"name": "A", "capacity": "D", "odd": 1}, headers=headers).status_code == 422
    assert api.delete(url, headers=headers).status_code == 204
    assert api.get(url, headers=headers).status_code == 404
    key = {**headers, "Idempotency-Key": "0190a000-0000-7000-8000-000000000001"}
    twice = [api.post(f"{base}/contacts", json=PAYER, headers=key).json["id"] for _ in range(2)]
    assert twice[0] == twice[1] and len(list_parts(client.id, "contacts")) == 1


def test_the_identity_of_a_company_is_checked_field_by_field(
    app: Flask, cast: Cast, api_of: Callable
) -> None:
    api, headers = app.test_client(), api_of(cast.sonia)
    body = {
        "legal_name": "Delorme",
        "rcs": "Lyon B 732 829 320",
        "naf": "4332a",
        "legal_form": "SARL",
        "founded_on": "1998-03-01",
        "language": "it",
    }
    made = api.put("/api/v1/clients/by-ref/C-1", json=body, headers=headers).json
    assert made["naf"] == "43.32A" and {name: made[name] for name in ("rcs", "language")} == {
        "rcs": "Lyon B 732 829 320",
        "language": "it",
    }
    for name, value in (("naf", "x"), ("language", "xx"), ("founded_on", "1998-02-30")):
        wrong = api.put("/api/v1/clients/by-ref/C-1", json={name: value}, headers=headers)
        assert wrong.status_code == 422 and name in wrong.json["errors"]
    entries = db.session.scalars(select(AuditPayload.body)).all()
    assert any('"naf":"43.32A"' in entry for entry in entries)
