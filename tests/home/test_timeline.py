"""What happened with a client, by kind, by person and by right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.home.queries.timeline import Happening, grouped, last_edit, list_happenings
from webapp.imports.models import Import
from webapp.invoices.services import InvoiceInput, upsert_invoice, upsert_invoices
from webapp.payments.services import record_payment
from webapp.risk.models import Alert, CreditLimit
from webapp.threads.models import Message, Thread
from webapp.threads.rules import client_thread_of
from webapp.threads.services import delete_message, post_message
from webapp.users.actor import NOBODY, Actor, Grant


def lived(cast: Cast) -> object:
    client = make_client(cast)
    day = today()
    with unit_of_work():
        upsert_invoice(cast.sonia, InvoiceInput("F-1", client.id, day, day, 10_000))
        db.session.add(
            Import(
                id=(file_id := new_id()),
                filename="grand-livre.csv",
                path="x",
                size=1,
                sha256="x",
                created_by=cast.alice.user_id,
            )
        )
        db.session.flush()
        rows = [InvoiceInput(f"I-{n}", client.id, day, day, 1_000) for n in range(7)]
        upsert_invoices(cast.alice, rows, file_id)
        record_payment(
            cast.sonia,
            source="t",
            source_ref="1",
            client_id=client.id,
            received_on=day,
            amount=500,
            text="VIR",
        )
        db.session.add(Alert(client_id=client.id, kind="limit_breach", level=100, severity=3, exposure=1))
        db.session.add(CreditLimit(client_id=client.id, amount=9, starts_on=day, set_by=cast.emma.user_id))
    invoice = make_invoice(cast, client, kind="credit_note")
    with unit_of_work():
        db.session.add(Thread(id=invoice.id, subject_type="invoice", last_seq=1))
        db.session.flush()
        db.session.add(
            Message(
                thread_id=invoice.id,
                seq=1,
                author_id=cast.david.user_id,
                client_id=new_id(),
                body="Vu",
                html="",
            )
        )
    return client


def test_everything_that_happened_has_its_author(cast: Cast) -> None:
    client = lived(cast)
    lines = {(line.kind, line.actor): line for line in list_happenings(cast.bob, client.id)}
    assert lines["invoice", "Sonia Petit"].ref == "F-1"
    imported = lines["invoice", "Alice Roux"]
    assert (imported.count, imported.amount, imported.ref, imported.imported) == (
        7,
        7_000,
        "grand-livre.csv",
        True,
    )
    assert lines["payment", "Sonia Petit"].text == "VIR"
    assert lines["limit", "Emma Caron"].amount == 9
    assert lines["message", "David Nguyen"].text == "Vu"
    assert lines["alert", None].amount == 100 and ("client", None) in lines and ("credit_note", None) in lines
    assert last_edit(client.id)[1] is not None and last_edit(new_id()) == (None, None)


def test_roles_see_what_their_rights_allow(cast: Cast) -> None:
    client = lived(cast)
    kinds = {line.kind for line in list_happenings(cast.david, client.id)}
    assert kinds == {"invoice", "credit_note", "message", "client"}


def test_the_same_act_by_the_same_person_within_an_hour_is_one_line() -> None:
    instant = now()

    def line(minutes: int, actor: str = "Bob", kind: str = "invoice", amount: int | None = 5) -> Happening:
        return Happening(
            kind, instant - timedelta(minutes=minutes), new_id(), amount, None, None, None, actor
        )

    lines = grouped(
        [line(0), line(30), line(95), line(96, "Eve"), line(97, "Eve", "message"), line(98, "Eve", "message")]
    )
    assert [(each.kind, each.count, each.amount) for each in lines] == [
        ("invoice", 2, 10),
        ("invoice", 1, 5),
        ("invoice", 1, 5),
        ("message", 1, 5),
        ("message", 1, 5),
    ]
    assert grouped([line(0, amount=None, kind="client"), line(1, amount=None, kind="client")])[0].count == 2
    assert grouped([]) == []


def test_what_is_said_with_the_client_is_told_as_such(cast: Cast) -> None:
    """About an invoice and in general, by us and by a guest, who is named as they signed."""
    client = make_client(cast)
    invoice = make_invoice(cast, client)
    for thread_id in (invoice.id, client.id):
        say(cast.david, thread_id, "entre nous")
        say(cast.chloe, client_thread_of(thread_id), "Pouvez-vous régler ?")
        with unit_of_work():
            answered(client.id, client_thread_of(thread_id))
    gone = say(cast.chloe, client_thread_of(client.id), "pas pour eux")
    with unit_of_work():
        delete_message(cast.chloe, gone.id)
    elsewhere = make_client(cast)
    say(cast.chloe, client_thread_of(elsewhere.id), "ailleurs")
    lines = list_happenings(cast.bob, client.id, kind="messages")
    told = {(line.kind, line.actor, line.text, line.ref, line.subject_id) for line in lines}
    assert len(lines) == len(told)
    assert told == {
        (kind, actor, text, ref, about)
        for ref, about in ((invoice.ref, invoice.id), (None, client.id))
        for kind, actor, text in (
            ("message", "David Nguyen", "entre nous"),
            ("to_client", "Chloé Vidal", "Pouvez-vous régler ?"),
            ("from_client", "Élise", "Vendredi"),
        )
    }


def answered(client_id: UUID, thread_id: UUID) -> None:
    """Élise, of the client's, writes."""
    grant = Grant(new_id(), client_id)
    guest = Actor(NOBODY, "Élise", "", "guest", NOBODY, frozenset(), via="guest", grant=grant)
    post_message(guest, thread_id, client_id=new_id(), body="Vendredi")


def test_the_page_says_who_reads_what_was_said(cast: Cast, browser_of: Any) -> None:
    client = make_client(cast)
    say(cast.chloe, client_thread_of(client.id), "Pouvez-vous régler ?")
    page = browser_of(cast.bob).get(f"/clients/{client.id}/activity?kind=messages").text
    assert "Message au client" in page
    assert "Pouvez-vous régler ?" in page
    assert browser_of(cast.oscar).get(f"/clients/{client.id}/activity").status_code == 404
