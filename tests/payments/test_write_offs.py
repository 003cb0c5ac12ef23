"""What is given up: alone below the cap, by two above it, taken back when the client pays after all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.notifications.models import Notification
from webapp.payments import ledger
from webapp.payments.models import WriteOff
from webapp.payments.services import decide_write_off, undo_write_off, write_off

CAP = 5_000


def ask(cast: Cast, invoice: Invoice, amount: int, **more: object) -> WriteOff:
    with unit_of_work():
        return write_off(cast.sonia, invoice, amount=amount, **{"reason": "goodwill", **more})


def decide(actor: object, row: WriteOff, approve: bool = True, note: str | None = None) -> WriteOff:
    with unit_of_work():
        return decide_write_off(actor, row.id, approve=approve, note=note)


def test_up_to_the_cap_nobody_else_is_asked_and_the_loss_is_an_entry(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 100_000)
    row = ask(cast, invoice, CAP)
    document = db.session.get(Invoice, row.document_id)
    assert (row.state, document.kind, document.open, document.ref) == (
        "approved",
        "write_off",
        0,
        f"PERTE-{invoice.ref}",
    )
    assert db.session.get(Invoice, invoice.id).open == 100_000 - CAP
    assert find_balance(client.id).outstanding == 100_000 - CAP
    assert list(ledger.verify()) == []


def test_above_the_cap_it_waits_for_somebody_else(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 100_000)
    row = ask(cast, invoice, CAP + 1)
    assert row.state == "asked" and db.session.get(Invoice, invoice.id).open == 100_000
    told = db.session.scalars(
        select(Notification.user_id).where(Notification.kind == "write_off_asked")
    ).all()
    assert {cast.alice.user_id, cast.emma.user_id} <= set(told) and cast.sonia.user_id not in told
    with pytest.raises(Conflict):
        ask(cast, invoice, 10)
    for person in (cast.sonia, cast.bob, cast.chloe, cast.ada):
        with pytest.raises(Forbidden):
            decide(person, row)
    decide(cast.alice, row)
    assert db.session.get(Invoice, invoice.id).open == 100_000 - CAP - 1
    answered = db.session.scalars(select(Notification).where(Notification.kind == "write_off_decided")).one()
    assert answered.user_id == cast.sonia.user_id
    with pytest.raises(Conflict):
        decide(cast.emma, row)


def test_nobody_decides_what_they_asked(cast: Cast) -> None:
    invoice = make_invoice(cast, make_client(cast), 100_000)
    with unit_of_work():
        row = write_off(cast.alice, invoice, amount=50_000, reason="uncollectible")
    with pytest.raises(Forbidden):
        decide(cast.alice, row)
    assert decide(cast.emma, row).state == "approved"


def test_refusing_needs_a_reason_and_changes_nothing(cast: Cast) -> None:
    invoice = make_invoice(cast, make_client(cast), 100_000)
    row = ask(cast, invoice, 60_000)
    with pytest.raises(Invalid) as refusal:
        decide(cast.alice, row, approve=False)
    assert "note" in refusal.value.errors
    assert decide(cast.alice, row, approve=False, note="Le client peut payer.").state == "refused"
    assert db.session.get(Invoice, invoice.id).open == 100_000


def test_a_loss_taken_back_opens_the_invoice_and_may_be_asked_again(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 100_000)
    row = ask(cast, invoice, 300)
    with unit_of_work():
        undo_write_off(cast.sonia, row.id)
    assert db.session.get(Invoice, invoice.id).open == find_balance(client.id).outstanding == 100_000
    with pytest.raises(Conflict), unit_of_work():
        undo_write_off(cast.sonia, row.id)
    again = ask(cast, invoice, 400)
    assert db.session.get(Invoice, again.document_id).ref == f"PERTE-{invoice.ref}-2"
    assert list(ledger.verify()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 100_001}, "amount"),
        ({"reason": "because"}, "reason"),
        ({"reason": "other"}, "note"),
    ],
)
def test_what_makes_no_sense_names_the_field(cast: Cast, changes: dict, field: str) -> None:
    invoice = make_invoice(cast, make_client(cast), 100_000)
    with pytest.raises(Invalid) as refusal:
        ask(cast, invoice, **{"amount": 10, **changes})
    assert field in refusal.value.errors


def test_a_credit_note_is_no_loss(cast: Cast) -> None:
    credit = make_invoice(cast, make_client(cast), 100_000, kind="credit_note")
    with pytest.raises(NotFound):
        ask(cast, credit, 10)


def test_programs_ask_decide_and_take_back(app: Flask, cast: Cast, api_of: Callable) -> None:
    invoice = make_invoice(cast, make_client(cast), 100_000)
    api, sonia, alice = app.test_client(), api_of(cast.sonia), api_of(cast.alice)
    body = {"invoice_ref": invoice.ref, "amount": {"amount": 60_000, "currency": "EUR"}, "reason": "goodwill"}
    made = api.post("/api/v1/write-offs", json=body, headers=sonia)
    assert made.status_code == 201 and made.json["state"] == "asked", made.json
    url = f"/api/v1/write-offs/{made.json['id']}"
    listed = api.get("/api/v1/write-offs?state=asked", headers=alice).json["items"]
    assert [row["id"] for row in listed] == [made.json["id"]]
    answer = api.post(f"{url}/decisions", json={"decision": "approve"}, headers=alice)
    assert answer.status_code == 201 and answer.json["document_id"]
    assert api.post(f"{url}/undo", json={}, headers=sonia).json["state"] == "undone"
    assert api.get(url, headers=sonia).json["state"] == "undone"
    dollars = {**body, "amount": {"amount": 10, "currency": "USD"}}
    assert "amount" in api.post("/api/v1/write-offs", json=dollars, headers=sonia).json["errors"]
    unknown = {**body, "invoice_ref": "F-NONE"}
    assert "invoice_ref" in api.post("/api/v1/write-offs", json=unknown, headers=sonia).json["errors"]
