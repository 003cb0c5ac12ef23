"""What happened with a client, by kind, by person and by right."""

from __future__ import annotations

from datetime import timedelta

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
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
