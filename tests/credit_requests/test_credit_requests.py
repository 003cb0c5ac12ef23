"""Credit notes asked of finance: granted with one, declined, or answered by one that comes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.promises import credit_request, press
from tests.factories.talk import say
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.money import Money
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.rules import Credited, settled_by
from webapp.credit_requests.services import decline, grant
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.notifications.models import Notification
from webapp.payments.ledger import verify
from webapp.payments.rules import Share
from webapp.payments.services import match
from webapp.threads.models import Message
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


def fresh(row: CreditRequest) -> CreditRequest:
    db.session.expire_all()
    return db.session.get_one(CreditRequest, row.id)


def told(kind: str) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_a_request_is_a_card_and_finance_is_told(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast), 100_000)
    row = credit_request(cast.bob, bill.id, 30_000)
    card = db.session.scalars(select(Message).where(Message.act_id == row.id)).one()
    assert (card.thread_id, card.act_kind) == (bill.id, "credit_request")
    assert told("credit_asked") == {cast.sonia.user_id, cast.alice.user_id}


def test_what_cannot_be_credited_is_refused(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast), 100_000)
    credit = make_invoice(cast, make_client(cast), 100_000, kind="credit_note")
    for invoice, amount in ((bill, 100_001), (bill, 0), (credit, 1)):
        with pytest.raises(Invalid) as refusal:
            credit_request(cast.bob, invoice.id, amount)
        assert list(refusal.value.errors) == ["amount"]
    with pytest.raises(NotFound):
        credit_request(cast.oscar, bill.id, 1)
    with pytest.raises(Forbidden):
        credit_request(cast.ada, bill.id, 1)


def test_finance_grants_with_a_new_credit_note_put_on_the_invoice(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast), 100_000)
    row = credit_request(cast.bob, bill.id, 30_000)
    with pytest.raises(Forbidden), unit_of_work():
        grant(cast.chloe, row.id, credit_ref="A-1")
    with unit_of_work():
        grant(cast.sonia, row.id, credit_ref="A-1")
    row = fresh(row)
    credit = db.session.get_one(Invoice, row.credit_id)
    assert (row.state, row.granted, row.answered_by) == ("granted", 30_000, cast.sonia.user_id)
    assert (credit.ref, credit.kind, credit.open) == ("A-1", "credit_note", 0)
    assert db.session.get_one(Invoice, bill.id).open == 70_000
    assert told("credit_answered") == {cast.bob.user_id}
    assert list(verify()) == []
    with pytest.raises(Conflict), unit_of_work():
        decline(cast.sonia, row.id, "Trop tard")


def test_finance_grants_less_from_a_credit_note_that_is_there(cast: Cast) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 100_000)
    make_invoice(cast, client, 20_000, kind="credit_note", ref="A-2")
    make_invoice(cast, make_client(cast), 90_000, kind="credit_note", ref="A-3")
    row = credit_request(cast.bob, bill.id, 30_000)
    for ref, amount in (("A-2", 25_000), ("A-3", 20_000), (bill.ref, 20_000), ("A-4", 200_000)):
        with pytest.raises(Invalid), unit_of_work():
            grant(cast.sonia, row.id, credit_ref=ref, amount=Money(amount))
    with unit_of_work():
        grant(cast.sonia, row.id, credit_ref="A-2", amount=Money(15_000))
    assert (fresh(row).granted, db.session.get_one(Invoice, bill.id).open) == (15_000, 85_000)


def test_a_refusal_has_a_reason(cast: Cast) -> None:
    row = credit_request(cast.bob, make_invoice(cast, make_client(cast), 100_000).id, 30_000)
    with pytest.raises(Invalid), unit_of_work():
        decline(cast.alice, row.id, " ")
    with unit_of_work():
        decline(cast.alice, row.id, "Le bon est signé sans réserve")
    assert (fresh(row).state, fresh(row).answer) == ("declined", "Le bon est signé sans réserve")
    assert told("credit_answered") == {cast.bob.user_id}


def test_a_credit_note_of_that_amount_closes_it_by_itself(cast: Cast) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 100_000)
    rows = [credit_request(cast.bob, bill.id, 30_000) for _turn in range(2)]
    credits = [make_invoice(cast, client, amount, kind="credit_note") for amount in (10_000, 30_000)]
    for credit in credits:
        with unit_of_work():
            match(cast.sonia, client.id, [Share(credit.id, bill.id, credit.gross, of_credit=True)])
    first, second = fresh(rows[0]), db.session.get_one(CreditRequest, rows[1].id)
    assert (first.state, first.credit_id, first.answered_by) == ("granted", credits[1].id, None)
    assert second.state == "asked"  # one credit note answers one request


def test_only_a_credit_note_put_since_answers() -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    before, after = noon.replace(hour=11), noon.replace(hour=13)
    old, other, right = (Credited(uuid.uuid4(), *facts) for facts in ((10, before), (11, after), (10, after)))
    assert settled_by(10, noon, [old, other, right]) == right
    assert settled_by(10, noon, [old, other]) is None


def test_a_message_becomes_a_request_and_finance_answers_on_pages(cast: Cast, browser_of: Browser) -> None:
    bill = make_invoice(cast, make_client(cast), 100_000)
    message = say(cast.david, bill.id, "Trois palettes cassées, 240 € à rendre.")
    david, sonia = browser_of(cast.david), browser_of(cast.sonia)
    page = david.get(f"/invoices/{bill.id}/credit-requests/new?message={message.id}").get_data(as_text=True)
    assert 'value="240"' in page and "Trois palettes cassées" in page
    form = {"message": str(message.id), "amount": "240", "reason": "Trois palettes cassées"}
    assert press(david, f"/invoices/{bill.id}/credit-requests", **form).status_code == 303
    row = db.session.scalars(select(CreditRequest)).one()
    assert (row.amount, row.message_id) == (24_000, message.id)
    assert "à accorder" in sonia.get("/").get_data(as_text=True)
    refused = press(sonia, f"/credit-requests/{row.id}/grant", amount="240", credit_ref="")
    assert refused.status_code == 422
    granted = press(sonia, f"/credit-requests/{row.id}/grant", amount="240", credit_ref="A-9")
    assert granted.status_code == 303
    thread = david.get(f"/invoices/{bill.id}").get_data(as_text=True)
    assert "Avoir A-9 · accordé par Sonia Petit" in thread
    assert "Avoir imputé : il reste 760" in thread
    assert "à accorder" not in sonia.get("/").get_data(as_text=True)
