"""Recording, allocating and voiding payments."""

from __future__ import annotations

import pytest

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core import events
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.payments import ledger
from webapp.payments.models import Payment
from webapp.payments.services import (
    Settlement,
    allocate_payment,
    record_payment,
    record_settlements,
    void_payments,
)


def record(cast: Cast, client: object, amount: int, shares: list = (), ref: str = "1") -> Payment:
    with unit_of_work():
        return record_payment(
            cast.sonia,
            source="test",
            source_ref=ref,
            client_id=client.id,
            received_on=today(),
            amount=amount,
            allocations=shares,
        )


def test_two_shares_on_one_invoice_add_up(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 1_000)
    record(cast, client, 900, [(invoice.id, 400), (invoice.id, 500)])
    assert db.session.get(Invoice, invoice.id).open == 100
    with pytest.raises(Invalid):
        record(cast, client, 900, [(invoice.id, 60), (invoice.id, 60)], ref="2")
    assert list(ledger.verify()) == []


def test_a_source_gives_a_reference_once_until_it_is_voided(cast: Cast) -> None:
    client = make_client(cast)
    payment = record(cast, client, 900)
    with pytest.raises(Conflict):
        record(cast, client, 900)
    with unit_of_work():
        void_payments(cast.sonia, [payment.id], "again")
    with pytest.raises(Conflict), unit_of_work():
        allocate_payment(cast.sonia, db.session.get_one(Payment, payment.id), [])
    record(cast, client, 900)
    assert find_balance(client.id).unapplied == 900
    assert list(ledger.verify()) == []


def test_voiding_tells_which_invoices_opened_again_and_acts_once(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 1_000)
    payment = record(cast, client, 1_000, [(invoice.id, 1_000)])
    heard: list[InvoicesChanged] = []
    events.after_commit(InvoicesChanged)(heard.append)
    with unit_of_work():
        void_payments(cast.sonia, [payment.id], "wrong client")
        void_payments(cast.sonia, [payment.id], "wrong client")
    assert [event.invoice_ids for event in heard] == [(invoice.id,)]
    again = db.session.get(Invoice, invoice.id)
    assert (again.open, again.paid_on, again.late_days) == (1_000, None, None)
    assert list(ledger.verify()) == []


def test_settlements_of_a_file_close_invoices_set_based(cast: Cast) -> None:
    client = make_client(cast)
    invoices = [make_invoice(cast, client, 1_000 + n, due_in=-10) for n in range(3)]
    rows = [Settlement(row.id, row.ref, client.id, row.gross, today(), row.gross_value) for row in invoices]
    with unit_of_work():
        record_settlements(cast.sonia, rows, new_id())
        record_settlements(cast.sonia, [], new_id())
    assert [db.session.get(Invoice, row.id).status(today()) for row in invoices] == ["paid"] * 3
    balance = find_balance(client.id)
    assert (balance.outstanding, balance.days_late) == (0, 10)
    assert list(ledger.verify()) == []


@pytest.mark.parametrize(("amount", "shares"), [(0, []), (-1, []), (100, [101]), (100, [-1])])
def test_impossible_amounts_are_refused(cast: Cast, amount: int, shares: list[int]) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 1_000)
    with pytest.raises(Invalid):
        record(cast, client, amount, [(invoice.id, share) for share in shares])


def test_field_roles_record_no_payment(cast: Cast) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        void_payments(cast.bob, [], "x")
