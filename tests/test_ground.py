"""The ground works: the cast can be made, invoices recorded, the ledger verified."""

from __future__ import annotations

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.payments import ledger
from webapp.payments.services import record_payment, void_payments
from webapp.users import audit


def test_a_payment_lowers_what_the_client_owes_and_voiding_it_gives_it_back(cast: Cast) -> None:
    client = make_client(cast)
    late = make_invoice(cast, client, 120_000, due_in=-12)
    make_invoice(cast, client, 80_000, due_in=20)
    assert (find_balance(client.id).outstanding, find_balance(client.id).overdue) == (200_000, 120_000)
    with unit_of_work():
        payment = record_payment(
            cast.sonia,
            source="test",
            source_ref="1",
            client_id=client.id,
            received_on=today(),
            amount=150_000,
            allocations=[(late.id, 120_000)],
        )
        payment_id = payment.id
    balance = find_balance(client.id)
    assert (balance.outstanding, balance.unapplied, balance.overdue) == (50_000, 30_000, 0)
    assert list(ledger.verify()) == []
    with unit_of_work():
        void_payments(cast.sonia, [payment_id], "test")
    assert find_balance(client.id).outstanding == 200_000
    assert list(ledger.verify()) == []


def test_the_ledger_check_names_what_was_tampered_with(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 5_000)
    with unit_of_work() as session:
        session.get_one(Invoice, invoice.id).open = 4_000
    assert any(invoice.ref in line for line in ledger.verify())


def test_the_audit_chain_holds_and_notices_an_altered_entry(cast: Cast) -> None:
    make_client(cast)
    verdict = audit.verify()
    assert verdict.entries > 10 and verdict.faults == []
