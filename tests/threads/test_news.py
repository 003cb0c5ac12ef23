"""What the product says in a thread by itself: money and decisions, only where people talk."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.factories.promises import pay
from tests.factories.talk import say
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.payments.models import Payment
from webapp.payments.services import (
    Settlement,
    decide_write_off,
    record_settlements,
    return_payment,
    write_off,
)
from webapp.risk.services import set_limit
from webapp.threads.models import Message, Thread


def lines(thread_id: uuid.UUID) -> list[str]:
    query = select(Message.body).where(Message.thread_id == thread_id, Message.kind == "system")
    return [
        body.replace("\u202f", " ").replace("\xa0", " ")
        for body in db.session.scalars(query.order_by(Message.seq))
    ]


def test_money_is_told_where_people_talk_and_nowhere_else(cast: Cast) -> None:
    client = make_client(cast)
    talked, quiet = make_invoice(cast, client, 100_000), make_invoice(cast, client, 100_000)
    say(cast.bob, talked.id, "Ils paient vendredi.")
    payment = pay(cast, client.id, 130_000, on={talked.id: 70_050, quiet.id: 59_950})
    assert lines(talked.id) == ["Règlement reçu : il reste 299,50 € à régler."]
    assert db.session.get(Thread, quiet.id) is None
    pay(cast, client.id, 29_950, on={talked.id: 29_950})
    with unit_of_work():
        return_payment(
            cast.sonia, db.session.get_one(Payment, payment.id), returned_on=today(), reason="opposition"
        )
    assert lines(talked.id)[1:] == [
        "Règlement reçu : la facture est réglée.",
        "Règlement revenu impayé : il reste 700,50 € à régler.",
    ]


def test_a_file_of_payments_says_nothing(cast: Cast) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 100_000)
    say(cast.bob, bill.id, "Ils paient vendredi.")
    with unit_of_work():
        row = Settlement(bill.id, bill.ref, client.id, 100_000, today(), 100_000)
        record_settlements(cast.sonia, [row], new_id())
    assert lines(bill.id) == []


@pytest.mark.parametrize(("approve", "said"), [(True, "accordé"), (False, "refusé")])
def test_a_decided_loss_is_told(cast: Cast, approve: bool, said: str) -> None:
    bill = make_invoice(cast, make_client(cast), 100_000)
    say(cast.bob, bill.id, "Ils ne paieront pas.")
    with unit_of_work():
        loss = write_off(cast.sonia, bill, amount=100_000, reason="goodwill")
    with unit_of_work():
        decide_write_off(cast.emma, loss.id, approve=approve, note="Vu")
    rest = "la facture est réglée." if approve else "il reste 1 000 € à régler."
    assert lines(bill.id) == [f"Passage en perte {said} par Emma Caron : {rest}"]


def test_a_decided_limit_is_told_without_its_figure(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 50_000)
    say(cast.bob, client.id, "On attend le plafond.")
    with unit_of_work():
        set_limit(cast.alice, client.id, amount=4_200_000)
    assert lines(client.id) == ["Alice Roux a décidé d’un nouveau plafond."]


def test_nobody_is_rung_for_a_line(cast: Cast) -> None:
    from webapp.notifications.models import Notification

    client = make_client(cast)
    bill = make_invoice(cast, client, 100_000)
    say(cast.alice, bill.id, "Un mot.")
    before = db.session.query(Notification).count()
    pay(cast, client.id, 100_000, on={bill.id: 100_000})
    assert db.session.query(Notification).count() == before
