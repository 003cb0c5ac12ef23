"""Whatever is done to the books, every stored figure equals its entries, and the past can be asked."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.factories.people import Cast
from tests.payments.book import Book
from tests.proofs import Figures, size
from webapp.core.clock import today
from webapp.extensions import db
from webapp.invoices.models import Balance
from webapp.payments import ledger
from webapp.payments.queries import items_as_of, unapplied_as_of
from webapp.risk.models import Alert, CreditLimit

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def as_of(book: Book, day: date) -> tuple[dict, dict]:
    """What the product says of that day, in the replay's shape."""
    cash = unapplied_as_of(day, book.clients)
    owed = {client_id: -amount for client_id, amount in cash.items()}
    for item in items_as_of(day, book.clients):
        owed[item.client_id] = owed.get(item.client_id, 0) + item.sign * item.value
    return owed, cash


def stored(book: Book) -> tuple[dict, dict]:
    rows = db.session.scalars(select(Balance).where(Balance.client_id.in_(book.clients))).all()
    return {row.client_id: row.outstanding for row in rows}, {row.client_id: row.unapplied for row in rows}


def assert_same(found: tuple[dict, dict], expected: tuple[dict, dict], day: date) -> None:
    for got, wanted in zip(found, expected, strict=True):
        assert {k: v for k, v in got.items() if v} == {k: v for k, v in wanted.items() if v}, day


def assert_exposed(book: Book) -> None:
    """What is ahead, the exposure, and the breaches, each as the entries give them."""
    ahead, owed = book.ahead(), book.replay(today())[0]
    caps = dict(
        db.session.execute(
            select(CreditLimit.client_id, CreditLimit.amount).where(CreditLimit.replaced_at.is_(None))
        )
        .tuples()
        .all()
    )
    breached = set(
        db.session.scalars(
            select(Alert.client_id).where(Alert.kind == "limit_breach", Alert.state != "closed")
        )
    )
    for client in book.clients:
        row = db.session.get(Balance, client)
        found = (row.unbilled_amount + row.open_orders, row.exposure) if row else (0, 0)
        exposure = owed.get(client, 0) + ahead[client]
        assert found == (ahead[client], exposure), client
        cap = caps.get(client)
        if cap is not None and exposure > cap:
            assert client in breached
        if cap is None or exposure * 100 <= cap * 95:
            assert client not in breached


@pytest.mark.promise("R8")
def test_random_acts_leave_the_books_sound_and_the_past_readable(cast: Cast, figures: Figures) -> None:
    acts, dice = size(600, 10_000), random.Random(20261122)
    asked = 0
    with time_machine.travel(START, tick=False) as clock:
        book = Book(cast)
        for number in range(1, acts + 1):
            if book.act(dice) == "sleep":
                clock.shift(timedelta(days=dice.randint(0, 2)))
            if number % (acts // 12) == 0:
                assert list(ledger.verify()) == []
                assert_same(stored(book), book.replay(today()), today())
                assert_exposed(book)
                for _ in range(8):
                    day = today() - timedelta(days=dice.randint(0, 120))
                    assert_same(as_of(book, day), book.replay(day), day)
                    asked += 1
    assert book.done > acts / 2
    figures.update(acts=book.done, refused=book.refused, days_asked=asked, differences=0)


class Books(RuleBasedStateMachine):
    """The same acts, chosen by Hypothesis, which finds the shortest way to a difference."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(self.cast)

    @rule(seed=st.integers(0, 2**32))
    def act(self, seed: int) -> None:
        self.book.act(random.Random(seed))

    @invariant()
    def the_books_are_sound(self) -> None:
        assert list(ledger.verify()) == []
        assert_same(stored(self.book), self.book.replay(today()), today())
        assert_same(as_of(self.book, today()), self.book.replay(today()), today())
        assert_exposed(self.book)


@pytest.mark.promise("R8")
def test_no_short_sequence_of_acts_breaks_the_books(cast: Cast) -> None:
    Books.cast = cast
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=size(6, 25),
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
