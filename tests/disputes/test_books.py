"""Whatever happens in whatever order, never more is contested than is open, and the books agree (R8)."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import func, select

from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import make_dispute
from tests.factories.people import Cast
from tests.proofs import size
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError
from webapp.core.ids import new_id
from webapp.disputes import services
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments import ledger
from webapp.payments.models import Matching
from webapp.payments.rules import Share
from webapp.payments.services import match, record_payment, undo_matching

OPEN = ("open", "waiting_us", "waiting_client")


def check() -> None:
    """What is contested fits into what is open, and settled disputes contest nothing."""
    db.session.expire_all()
    sums = (
        select(Dispute.invoice_id, func.sum(Dispute.open).label("contested"), func.sum(Dispute.open_value))
        .where(Dispute.closed_at.is_(None))
        .group_by(Dispute.invoice_id)
    )
    for invoice_id, contested, value in db.session.execute(sums):
        invoice = db.session.get_one(Invoice, invoice_id)
        assert 0 < contested <= invoice.open and value == contested
    for dispute in db.session.scalars(select(Dispute)):
        assert (dispute.open > 0) == (dispute.state in OPEN)
        assert (dispute.resolution_amount or 0) <= dispute.amount


@pytest.mark.promise("R8")
@pytest.mark.parametrize("seed", range(size(2, 20)))
def test_contested_amounts_follow_the_books(cast: Cast, seed: int) -> None:
    rng = random.Random(seed)
    client = make_client(cast)
    invoices = [make_invoice(cast, client, 100_000, due_in=-rng.randint(0, 60)) for _number in range(3)]

    def open_one() -> None:
        make_dispute(cast, rng.choice(invoices), rng.choice([None, 5_000, 20_000, 60_000]))

    def some() -> Dispute:
        return rng.choice(db.session.scalars(select(Dispute)).all())

    def pay() -> None:
        payment = record_payment(
            cast.sonia, source="t", source_ref=str(new_id()), client_id=client.id,
            received_on=today(), amount=30_000,
        )  # fmt: skip
        match(
            cast.sonia, client.id, [Share(payment.id, rng.choice(invoices).id, rng.choice([10_000, 30_000]))]
        )

    def credit_by_hand() -> None:
        note = make_invoice(cast, client, 15_000, kind="credit_note")
        match(cast.sonia, client.id, [Share(note.id, rng.choice(invoices).id, 15_000, of_credit=True)])

    def undo() -> None:
        made = db.session.scalars(select(Matching.id).where(Matching.undone_on.is_(None))).all()
        undo_matching(cast.sonia, rng.choice(made))

    acts = [
        open_one, open_one, pay, credit_by_hand, undo,
        lambda: services.credit(cast.sonia, some().id, credit_ref=f"A-{new_id()}"),
        lambda: services.credit(cast.sonia, some().id, credit_ref=f"A-{new_id()}", amount=2_500),
        lambda: services.reject(cast.chloe, some().id, text="Conforme"),
        lambda: services.withdraw(cast.bob, some().id),
        lambda: services.propose(cast.david, some().id),
    ]  # fmt: skip
    for _turn in range(size(40, 200)):
        try:
            with unit_of_work():
                rng.choice(acts)()
        except (DomainError, IndexError):
            db.session.rollback()  # refused, or nothing there yet: the books stay as they were
        check()
    assert list(ledger.verify()) == []
