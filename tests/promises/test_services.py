"""Promises taken, kept, broken, withdrawn; each change is seen in the thread and told to who must know."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.promises import pay, promise
from tests.factories.talk import say
from webapp.core import clock, events
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.extensions import db
from webapp.invoices.services import void_invoices
from webapp.notifications.models import Notification
from webapp.payments.services import return_payment
from webapp.promises import queries
from webapp.promises.jobs import run_judge
from webapp.promises.models import Promise
from webapp.promises.services import Draft, cancel_promise, replace_promise
from webapp.promises.services.judging import CHUNK, judge
from webapp.threads.events import ActChanged
from webapp.threads.models import Message
from webapp.users.models import AuditEntry


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Events delivered after commits, in order."""
    heard: list[object] = []
    deliver = events.deliver_after
    monkeypatch.setattr(
        "webapp.core.db.events.deliver_after", lambda done: (heard.extend(done), deliver(done))
    )
    return heard


@pytest.fixture
def days_pass(monkeypatch: pytest.MonkeyPatch) -> object:
    """`days_pass(3)`: it is three days later from now on."""
    real = clock.datetime

    def later(days: int) -> None:
        class Later(real):  # type: ignore[misc, valid-type]
            @classmethod
            def now(cls, tz: object = None) -> datetime:
                return real.now(tz) + timedelta(days=days)  # type: ignore[arg-type]

        monkeypatch.setattr(clock, "datetime", Later)

    return later


def fresh(row: Promise) -> Promise:
    db.session.expire_all()
    return db.session.get_one(Promise, row.id)


def inbox(kind: str) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_a_promise_becomes_a_card_in_its_thread(cast: Cast) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 120_000)
    message = say(cast.bob, bill.id, "Élise règle 1 200 € vendredi.")
    row = promise(cast.bob, bill.id, 120_000, said_by=" Élise ", message_id=message.id)
    card = db.session.scalars(select(Message).where(Message.act_id == row.id)).one()
    assert (card.kind, card.act_kind, card.author_id) == ("act", "promise", cast.bob.user_id)
    assert card.body.startswith("Promesse de paiement : 1\u202f200\u00a0€ pour le")
    assert (row.client_id, row.invoice_id, row.said_by, row.state) == (client.id, bill.id, "Élise", "open")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "promise.take")).one()
    assert (entry.subject_id, entry.actor_id) == (str(row.id), cast.bob.user_id)


def test_the_same_act_takes_one_promise(cast: Cast) -> None:
    client = make_client(cast)
    act = new_id()
    first, second = (promise(cast.bob, client.id, 5_000, id=act) for _turn in range(2))
    assert first.id == second.id == act
    assert db.session.query(Message).count() == 1
    with pytest.raises(Invalid, match="déjà servi"):
        promise(cast.alice, client.id, 5_000, id=act)


def test_a_promise_of_nonsense_is_refused_beside_the_field(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast), 10_000)
    credit = make_invoice(cast, make_client(cast), 10_000, kind="credit_note")
    for thread_id, amount, due_in, field in (
        (bill.id, 0, 1, "amount"),
        (bill.id, 10_001, 1, "amount"),
        (bill.id, 10**13, 1, "amount"),
        (bill.id, 100, -1, "promised_on"),
        (bill.id, 100, 500, "promised_on"),
        (credit.id, 100, 1, "amount"),
    ):
        with pytest.raises(Invalid) as refusal:
            promise(cast.bob, thread_id, amount, due_in=due_in)
        assert list(refusal.value.errors) == [field]


def test_who_does_not_see_the_client_takes_no_promise(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast), 10_000)
    elsewhere = say(cast.bob, make_client(cast).id, "Autre fil")
    with pytest.raises(NotFound):
        promise(cast.oscar, bill.id, 100)
    with pytest.raises(Forbidden):
        promise(cast.ada, bill.id, 100)
    with pytest.raises(NotFound):
        promise(cast.bob, bill.id, 100, message_id=elsewhere.id)


def test_a_payment_keeps_a_promise_and_everyone_is_told(cast: Cast, told: list[object]) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 120_000)
    row = promise(cast.bob, bill.id, 120_000)
    told.clear()
    pay(cast, client.id, 50_000, on={bill.id: 50_000})
    assert (fresh(row).state, fresh(row).received) == ("open", 50_000)
    pay(cast, client.id, 70_000, on={bill.id: 70_000})
    row = fresh(row)
    assert (row.state, row.received, row.fulfilled_on) == ("kept", 120_000, today())
    assert told.count(ActChanged(bill.id, "promise", row.id)) == 2
    assert inbox("promise_broken") == set()


def test_a_payment_taken_back_opens_the_promise_again(cast: Cast) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 120_000)
    row = promise(cast.bob, bill.id, 120_000)
    payment = pay(cast, client.id, 120_000, on={bill.id: 120_000})
    assert fresh(row).state == "kept"
    with unit_of_work():
        return_payment(cast.sonia, db.session.merge(payment), returned_on=today(), reason="opposition")
    assert (fresh(row).state, fresh(row).received) == ("open", 0)


def test_a_promise_about_a_voided_invoice_lapses(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast), 120_000)
    row = promise(cast.bob, bill.id, 120_000)
    with unit_of_work():
        void_invoices(cast.sonia, [bill.id], "mistake")
    assert fresh(row).state == "lapsed"


def test_a_day_that_passes_breaks_it_and_tells_once(cast: Cast, days_pass: object) -> None:
    client = make_client(cast)
    bill = make_invoice(cast, client, 120_000)
    row = promise(cast.sonia, bill.id, 120_000, due_in=2)
    run_judge()
    assert fresh(row).state == "open"
    days_pass(3)  # type: ignore[operator]
    run_judge()
    row = fresh(row)
    assert row.state == "broken" and row.missed_at is not None
    # Who took it, the representative, the branch manager, the credit manager; nobody else.
    people = {cast.sonia, cast.bob, cast.chloe, cast.alice}
    assert inbox("promise_broken") == {person.user_id for person in people}
    pay(cast, client.id, 20_000, on={bill.id: 20_000})
    run_judge()
    row = fresh(row)
    assert (row.state, row.received) == ("broken", 20_000)
    assert db.session.query(Notification).filter_by(kind="promise_broken").count() == 4
    standing = db.session.execute(select(*queries.standing_columns(client.id))).one()
    assert queries.read_standing(standing).missed_on == row.promised_on


def test_a_part_in_time_keeps_it_in_part(cast: Cast, days_pass: object) -> None:
    client = make_client(cast)
    row = promise(cast.bob, client.id, 100_000, due_in=1)
    pay(cast, client.id, 40_000)
    days_pass(2)  # type: ignore[operator]
    run_judge()
    assert (fresh(row).state, fresh(row).received) == ("partly", 40_000)


def test_an_open_promise_is_replaced_a_missed_one_stays_missed(cast: Cast, days_pass: object) -> None:
    client = make_client(cast)
    first = promise(cast.bob, client.id, 100_000, due_in=1)
    with unit_of_work():
        draft = Draft(client.id, Money(80_000), today() + timedelta(days=2))
        second = replace_promise(cast.bob, first.id, draft)
    assert (fresh(first).state, fresh(first).replaced_by) == ("replaced", second.id)
    days_pass(5)  # type: ignore[operator]
    run_judge()
    with unit_of_work():
        draft = Draft(client.id, Money(80_000), today() + timedelta(days=2))
        third = replace_promise(cast.bob, second.id, draft)
    assert (fresh(second).state, fresh(second).replaced_by) == ("broken", third.id)
    with pytest.raises(Conflict), unit_of_work():
        replace_promise(cast.bob, second.id, Draft(client.id, Money(1), today()))


def test_only_an_open_promise_is_taken_back(cast: Cast) -> None:
    client = make_client(cast)
    row = promise(cast.bob, client.id, 100_000)
    with pytest.raises(NotFound), unit_of_work():
        cancel_promise(cast.oscar, row.id)
    with unit_of_work():
        cancel_promise(cast.alice, row.id)
    row = fresh(row)
    assert (row.state, row.withdrawn_by) == ("cancelled", cast.alice.user_id)
    pay(cast, client.id, 100_000)
    assert fresh(row).received == 0
    with pytest.raises(Conflict), unit_of_work():
        cancel_promise(cast.alice, row.id)


def test_shares_kept_are_those_of_the_clients_one_sees(cast: Cast, days_pass: object) -> None:
    client, other = make_client(cast), make_client(cast, rep=cast.oscar, branch="Nantes")
    promise(cast.bob, client.id, 10_000, due_in=1)
    pay(cast, client.id, 10_000)
    promise(cast.bob, client.id, 20_000, due_in=1)
    promise(cast.alice, other.id, 30_000, due_in=1)
    days_pass(2)  # type: ignore[operator]
    run_judge()
    assert queries.kept_by_client(client.id) == queries.Kept(1, 2)
    assert queries.kept_by_rep(cast.bob) == [("Bob Martin", queries.Kept(1, 2))]
    by_rep = dict(queries.kept_by_rep(cast.emma))
    assert by_rep == {"Bob Martin": queries.Kept(1, 2), "Oscar Blanc": queries.Kept(0, 1)}


def test_after_sales_sees_a_promise_and_not_what_came_in(cast: Cast) -> None:
    client = make_client(cast)
    row = promise(cast.bob, client.id, 10_000)
    pay(cast, client.id, 4_000)
    assert queries.get_promise(cast.david, row.id).received is None
    assert queries.get_promise(cast.bob, row.id).received == 4_000
    with pytest.raises(NotFound):
        queries.get_promise(cast.oscar, row.id)
    assert queries.cards(cast.oscar, [row.id]) == {}


def test_thousands_of_payments_are_judged_in_few_queries(cast: Cast, count_queries: object) -> None:
    client = make_client(cast)
    for _turn in range(3):
        promise(cast.bob, client.id, 10_000)
    pay(cast, client.id, 12_000)
    client_id, crowd = client.id, [new_id() for _each in range(CHUNK - 1)]
    with unit_of_work(), count_queries() as sql:  # type: ignore[operator]
        judge([client_id, *crowd])
    assert len(sql) <= 3
    with unit_of_work(), count_queries() as sql:  # type: ignore[operator]
        judge(crowd)
    assert len(sql) == 1


def test_the_clock_of_a_promise_is_the_companys(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 23:30 UTC it is tomorrow in Paris: a promise for that day can still be kept."""
    client = make_client(cast)

    class Late(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 12, 1, 23, 30, tzinfo=UTC).astimezone(tz)  # type: ignore[arg-type]

    monkeypatch.setattr(clock, "datetime", Late)
    row = promise(cast.bob, client.id, 10_000, due_in=0)
    assert row.promised_on.isoformat() == "2026-12-02"
    run_judge()
    assert fresh(row).state == "open"
