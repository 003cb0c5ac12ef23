"""Recording, correcting, voiding and reviving documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.invoices.services import InvoiceInput, upsert_invoice, upsert_invoices, void_invoices
from webapp.payments import ledger
from webapp.payments.services import record_payment, void_payments


def draft(client: object, **changes: object) -> InvoiceInput:
    day = today()
    row = InvoiceInput("F-1", client.id, day - timedelta(days=30), day + timedelta(days=10), 100_000)
    return replace(row, **changes)


def record(cast: Cast, row: InvoiceInput) -> tuple[Invoice, str]:
    with unit_of_work():
        invoice_id, outcome = upsert_invoice(cast.sonia, row)
    return db.session.get_one(Invoice, invoice_id), outcome


def pay(cast: Cast, invoice: Invoice, amount: int, ref: str = "p", days_ago: int = 0) -> object:
    with unit_of_work():
        payment = record_payment(
            cast.sonia,
            source="test",
            source_ref=ref,
            client_id=invoice.client_id,
            received_on=today() - timedelta(days=days_ago),
            amount=amount,
            allocations=[(invoice.id, amount)],
        )
        return payment.id


def test_the_same_document_again_changes_nothing(cast: Cast) -> None:
    row = draft(make_client(cast))
    assert record(cast, row)[1] == "created"
    invoice, outcome = record(cast, row)
    assert outcome == "unchanged" and invoice.revision == 1


def test_a_correction_keeps_what_is_settled_and_never_goes_below_it(cast: Cast) -> None:
    row = draft(make_client(cast))
    invoice, _ = record(cast, row)
    pay(cast, invoice, 60_000)
    corrected, outcome = record(cast, replace(row, gross=80_000))
    assert (outcome, corrected.open, corrected.instalments[0].open) == ("updated", 20_000, 20_000)
    with pytest.raises(Invalid):
        record(cast, replace(row, gross=50_000))
    settled, _ = record(cast, replace(row, gross=60_000))
    assert (settled.open, settled.status(today())) == (0, "paid")
    assert list(ledger.verify()) == []


def test_instalments_age_on_their_own_and_are_paid_in_due_order(cast: Cast) -> None:
    client, day = make_client(cast), today()
    parts = ((day + timedelta(days=30), 40_000), (day - timedelta(days=5), 60_000))
    invoice, _ = record(cast, draft(client, due_on=day + timedelta(days=30), parts=parts))
    assert invoice.status(day) == "overdue" and invoice.days_late(day) == 5
    assert find_balance(client.id).overdue == 60_000
    pay(cast, invoice, 60_000)
    db.session.refresh(invoice)
    assert [part.open for part in invoice.instalments] == [40_000, 0]
    assert invoice.status(day) == "partly_paid" and find_balance(client.id).overdue == 0
    record(cast, draft(client, due_on=day + timedelta(days=30), parts=parts))
    assert list(ledger.verify()) == []


def test_an_invoice_that_moves_takes_its_balance_along(cast: Cast) -> None:
    first, second = make_client(cast), make_client(cast)
    row = draft(first)
    record(cast, row)
    record(cast, replace(row, client_id=second.id))
    assert find_balance(first.id).outstanding == 0
    assert find_balance(second.id).outstanding == 100_000
    assert list(ledger.verify()) == []


def test_the_payment_that_came_last_by_date_says_how_late_it_was(cast: Cast) -> None:
    invoice = make_invoice(cast, make_client(cast), 100_000, due_in=-20)
    pay(cast, invoice, 60_000, "late", days_ago=2)
    pay(cast, invoice, 40_000, "early", days_ago=15)
    db.session.refresh(invoice)
    assert invoice.paid_on == today() - timedelta(days=2)
    assert invoice.late_days == 18 and invoice.days_late(today()) == 18
    assert find_balance(invoice.client_id).days_late == 18


def test_voided_documents_leave_every_sum_and_come_back_when_recorded_again(cast: Cast) -> None:
    client = make_client(cast)
    row = draft(client)
    invoice, _ = record(cast, row)
    with unit_of_work():
        void_invoices(cast.sonia, [invoice.id], "undo")
    db.session.refresh(invoice)
    first_voiding = invoice.voided_at
    with unit_of_work():
        void_invoices(cast.sonia, [invoice.id], "undo")
    db.session.refresh(invoice)
    assert invoice.voided_at == first_voiding
    assert invoice.status(today()) == "void" and find_balance(client.id).outstanding == 0
    revived, outcome = record(cast, row)
    assert (outcome, revived.id, revived.voided_at) == ("updated", invoice.id, None)
    assert find_balance(client.id).outstanding == 100_000
    assert list(ledger.verify()) == []


def test_a_document_with_money_on_it_is_not_voided(cast: Cast) -> None:
    invoice = make_invoice(cast, make_client(cast), 10_000)
    payment_id = pay(cast, invoice, 4_000)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        void_invoices(cast.sonia, [invoice.id], "undo")
    assert refusal.value.errors["invoices"] == [invoice.ref]
    with unit_of_work():
        void_payments(cast.sonia, [payment_id], "undo")
        void_invoices(cast.sonia, [invoice.id], "undo")
    assert list(ledger.verify()) == []


def test_nothing_is_received_on_a_voided_document(cast: Cast) -> None:
    invoice = make_invoice(cast, make_client(cast), 10_000)
    with unit_of_work():
        void_invoices(cast.sonia, [invoice.id], "undo")
    with pytest.raises(Invalid):
        pay(cast, invoice, 4_000)


def test_credit_notes_lower_what_is_owed_and_are_never_overdue(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 50_000, due_in=-3)
    note = make_invoice(cast, client, 20_000, due_in=-40, kind="credit_note")
    balance = find_balance(client.id)
    assert (balance.outstanding, balance.overdue, balance.open_count) == (30_000, 50_000, 1)
    assert balance.days_late == 3 and note.days_late(today()) is None
    assert list(ledger.verify()) == []


def test_a_reference_named_twice_in_one_batch_counts_once_with_its_last_values(cast: Cast) -> None:
    row = draft(make_client(cast))
    with unit_of_work():
        done = upsert_invoices(cast.system, [row, replace(row, gross=7_000)])
    assert done.created == ["F-1"]
    assert db.session.get_one(Invoice, done.ids["F-1"]).gross == 7_000
    assert list(ledger.verify()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gross": 0}, "gross"),
        ({"gross": -5}, "gross"),
        ({"ref": " "}, "ref"),
        ({"ref": "x" * 65}, "ref"),
        ({"ref": "a\x00b"}, "ref"),
        ({"parts": ((today(), 1),)}, "instalments"),
    ],
)
def test_what_cannot_be_recorded_names_the_field(cast: Cast, changes: dict, field: str) -> None:
    client = make_client(cast)
    with pytest.raises(Invalid) as refusal:
        record(cast, draft(client, **changes))
    assert field in refusal.value.errors


def test_field_roles_record_and_void_nothing(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client)
    with pytest.raises(Forbidden), unit_of_work():
        upsert_invoice(cast.bob, draft(client))
    with pytest.raises(Forbidden), unit_of_work():
        void_invoices(cast.chloe, [invoice.id], "x")
