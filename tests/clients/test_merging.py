"""Duplicates become one client and two again; the books stay right both times."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.clients.models import Client
from webapp.clients.queries import get_client_by_ref, list_aliases, map_by_ref
from webapp.clients.queries.custom import list_answers
from webapp.clients.queries.duplicates import list_duplicates, list_merges
from webapp.clients.queries.parts import list_parts
from webapp.clients.services import custom, ensure_clients, merging, parts, upsert_client
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.home.models import ClientLine
from webapp.home.queries.accounts import get_account, get_account_by_ref
from webapp.home.queries.timeline import list_happenings
from webapp.invoices.models import Invoice
from webapp.payments.ledger import verify
from webapp.payments.models import Payment
from webapp.payments.rules import Share
from webapp.payments.services import match, record_payment, undo_matching
from webapp.risk.models import CreditLimit


def two(cast: Cast) -> tuple[Client, Client]:
    """A client and its duplicate in another branch, both with a past."""
    survivor = make_client(cast, ref="C-1", legal_name="Ateliers Delorme", city="Bron", siren="732829320")
    loser = make_client(cast, ref="C-9", legal_name="Delorme (Ateliers)", branch="Nantes", rep=cast.oscar)
    make_limit(cast, survivor, 500_000)
    make_limit(cast, loser, 50_000)
    make_invoice(cast, survivor, 30_000, due_in=-20, ref="F-1")
    invoice = make_invoice(cast, loser, 80_000, due_in=-40, ref="F-9")
    pay(cast, loser, 5_000)
    say(cast.oscar, invoice.id, "Ils attendent un avoir.")
    with unit_of_work():
        contact = {"name": "Élise", "role": "payer", "phone": "0478"}
        parts.add_part(cast.system, loser.id, "contacts", contact)
        field = custom.define_field(cast.system, label="Effectif", kind="number")
        custom.answer_field(cast.system, loser.id, field.id, "8")
        custom.answer_field(cast.system, survivor.id, field.id, "12")
    return survivor, loser


def pay(cast: Cast, client: Client, amount: int) -> Payment:
    with unit_of_work():
        return record_payment(
            cast.sonia,
            source="test",
            source_ref=str(new_id()),
            client_id=client.id,
            received_on=today(),
            amount=amount,
        )


def merge(cast: Cast, survivor: Client, ref: str = "C-9") -> object:
    with unit_of_work():
        return merging.merge_clients(cast.alice, survivor.id, ref)


def stands(client: Client) -> tuple[int, int, int]:
    balance = get_account(everyone, client.id).balance
    return balance.outstanding, balance.unapplied, balance.overdue


@pytest.fixture(autouse=True)
def _eyes(cast: Cast) -> None:
    global everyone
    everyone = cast.alice


def test_everything_goes_to_the_survivor_and_comes_back(cast: Cast) -> None:
    survivor, loser = two(cast)
    before = stands(survivor), stands(loser)
    made = merge(cast, survivor)
    assert list(verify()) == []
    assert stands(survivor) == (105_000, 5_000, 110_000) and stands(loser) == (0, 0, 0)
    assert {row.ref for row in db.session.scalars(select(Invoice).filter_by(client_id=survivor.id))} == {
        "F-1",
        "F-9",
    }
    kinds = {line.kind for line in list_happenings(cast.alice, survivor.id)}
    assert {"payment", "message", "client", "invoice"} <= kinds
    assert [row.name for row in list_parts(survivor.id, "contacts")] == ["Élise"]
    answers = {each.field.label: each.value for each in list_answers(survivor.id)}
    assert answers == {"Effectif": "12"}  # the survivor's own stands
    assert loser.archived_at is not None and loser.sales_rep_id == cast.bob.user_id
    limits = db.session.scalars(select(CreditLimit).where(CreditLimit.replaced_at.is_(None))).all()
    assert {(row.client_id, row.amount) for row in limits} == {(survivor.id, 500_000), (loser.id, 50_000)}
    assert all(alert.state == "closed" for alert in alerts_of(loser))
    with unit_of_work():
        merging.undo_merge(cast.emma, made.id)
    assert list(verify()) == []
    assert (stands(survivor), stands(loser)) == before
    assert loser.archived_at is None and loser.sales_rep_id == cast.oscar.user_id
    assert list_aliases(survivor.id) == [] and list_merges(survivor.id) == []
    lines = set(db.session.scalars(select(ClientLine.client_id)))
    assert lines == {survivor.id, loser.id}
    with pytest.raises(Conflict), unit_of_work():
        merging.undo_merge(cast.emma, made.id)


def test_the_old_reference_and_names_find_the_survivor_everywhere(
    app: Flask, cast: Cast, browser_of: Callable, api_of: Callable
) -> None:
    survivor, loser = two(cast)
    merge(cast, survivor)
    assert get_client_by_ref(cast.bob, "C-9").id == survivor.id
    assert get_account_by_ref(cast.bob, "C-9").client.id == survivor.id
    assert map_by_ref(["C-9", "C-1"])["C-9"].id == survivor.id
    with pytest.raises(NotFound):
        get_client_by_ref(cast.oscar, "C-9")
    with unit_of_work():
        done = ensure_clients([{"ref": "C-9", "name": "DELORME ATELIERS"}], new_id())
        client, outcome = upsert_client(cast.sonia, "C-9", {"legal_name": "Delorme 2", "city": "Paris"})
    assert (done.created, client.id, outcome, client.city) == ([], survivor.id, "unchanged", "Bron")
    assert {"C-9", "Delorme (Ateliers)", "DELORME ATELIERS", "Delorme 2"} <= set(list_aliases(survivor.id))
    found = browser_of(cast.bob).get("/clients?q=c-9").get_data(as_text=True)
    assert found.count('class="row"') == 1 and "Ateliers Delorme" in found
    moved = browser_of(cast.bob).get(f"/clients/{loser.id}")
    assert moved.status_code == 302 and moved.location.endswith(str(survivor.id))
    body = {"client_ref": "C-9", "issued_on": "2026-10-01", "due_on": "2026-10-31"}
    body["gross"] = {"amount": 100, "currency": "EUR"}
    answer = app.test_client().put("/api/v1/invoices/by-ref/F-10", json=body, headers=api_of(cast.sonia))
    assert answer.status_code == 201 and answer.json["client_id"] == str(survivor.id)


def test_what_ties_the_two_since_stands_against_parting_them(cast: Cast) -> None:
    survivor, _loser = two(cast)
    made = merge(cast, survivor)
    money = pay(cast, survivor, 10_000)
    theirs = db.session.scalar(select(Invoice).where(Invoice.ref == "F-9"))
    with unit_of_work():
        act = match(cast.sonia, survivor.id, [Share(money.id, theirs.id, 10_000)])
        matching_id = act.id
    with pytest.raises(Conflict) as refusal, unit_of_work():
        merging.undo_merge(cast.alice, made.id)
    assert refusal.value.errors == {"refs": ["F-9"]}
    with unit_of_work():
        undo_matching(cast.sonia, matching_id)
        merging.undo_merge(cast.alice, made.id)
    assert list(verify()) == []


def test_who_may_and_what_makes_no_sense(cast: Cast) -> None:
    survivor, _loser = two(cast)
    for actor in (cast.bob, cast.chloe, cast.ada):
        with pytest.raises(Forbidden), unit_of_work():
            merging.merge_clients(actor, survivor.id, "C-9")
    for ref in ("C-1", "C-404", "\x00"):
        with pytest.raises(Invalid):
            merge(cast, survivor, ref)
    merge(cast, survivor)
    with pytest.raises(Invalid):
        merge(cast, survivor)
    with pytest.raises(NotFound), unit_of_work():
        merging.undo_merge(cast.alice, new_id())


def test_merged_twice_is_undone_in_the_other_order(cast: Cast) -> None:
    survivor, loser = two(cast)
    third = make_client(cast, ref="C-3")
    first, second = merge(cast, survivor), merge(cast, third, "C-1")
    assert get_client_by_ref(cast.alice, "C-9").id == third.id
    assert stands(third)[0] == 105_000
    with pytest.raises(Conflict), unit_of_work():
        merging.undo_merge(cast.alice, first.id)
    for made in (second, first):
        with unit_of_work():
            merging.undo_merge(cast.alice, made.id)
    assert list(verify()) == [] and stands(loser)[0] == 75_000


def test_likely_duplicates_are_proposed_and_shown_before_they_are_merged(
    cast: Cast, browser_of: Callable
) -> None:
    survivor = make_client(cast, ref="A-1", legal_name="Bâti Sud", siren="732829320", city="Lyon")
    make_client(cast, ref="A-2", legal_name="BATI-SUD", siren="732829320", city="Bron")
    make_client(cast, ref="B-1", legal_name="Toits Gauthier", city="Lyon")
    make_client(cast, ref="B-2", legal_name="toits gauthier", city="LYON")
    make_client(cast, ref="B-3", legal_name="Toits Gauthier", city="Nice")
    found = [(each.reason, [client.ref for client in each.clients]) for each in list_duplicates(cast.alice)]
    assert found == [("siren", ["A-1", "A-2"]), ("name", ["B-1", "B-2"])]
    other = db.session.scalar(select(Client).where(Client.ref == "A-2"))
    make_invoice(cast, other, 1_200, ref="F-2")
    browser = browser_of(cast.alice)
    csrf = browser.get("/api/v1/session").get_json()["csrf_token"]
    assert "Fusionner A-2 dans A-1" in browser.get("/clients/duplicates").get_data(as_text=True)
    page = browser.get(f"/clients/{survivor.id}/merge?with=A-2").get_data(as_text=True)
    assert "Factures et avoirs" in page and "Fusionner A-2" in page
    assert "Aucun client" in browser.get(f"/clients/{survivor.id}/merge?with=zz").get_data(as_text=True)
    done = browser.post(f"/clients/{survivor.id}/merge", data={"loser_ref": "A-2", "csrf_token": csrf})
    assert done.status_code == 303
    identity = browser.get(f"/clients/{survivor.id}/identity").get_data(as_text=True)
    assert "Annuler la fusion" in identity and "A-2" in identity
    merge_id = list_merges(survivor.id)[0][0].id
    assert browser.post(f"/clients/merges/{merge_id}/undo", data={"csrf_token": csrf}).status_code == 303
    assert list_merges(survivor.id) == []
