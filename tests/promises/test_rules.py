"""Which money counts for which promise, and what that makes of each."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.core.money import UNIT_RATE
from webapp.promises import rules
from webapp.promises.rules import Kept, Outcome, Promised, Receipt, day_fault, share_out, state_of

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
BILL, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def said(amount: int, *, on: uuid.UUID | None = BILL, by: date = FRIDAY, owed: int | None = None) -> Promised:
    owed = amount if on is not None and owed is None else owed
    return Promised(uuid.uuid4(), on, amount, MONDAY, NOON, by, owed)


def paid(
    amount: int, day: date, *, on: uuid.UUID | None = BILL, rate: int = UNIT_RATE, hours: int = 24
) -> Receipt:
    return Receipt(on, amount, rate, day, NOON + timedelta(hours=hours))


def outcome(promise: Promised, *receipts: Receipt) -> Outcome:
    return share_out([promise], receipts)[promise.id]


def test_money_in_time_keeps_a_promise_at_once() -> None:
    promise = said(1_000)
    found = outcome(promise, paid(1_000, FRIDAY))
    assert found == Outcome(1_000, 1_000, FRIDAY)
    assert state_of(promise, found, FRIDAY) == rules.KEPT


def test_nothing_is_missed_before_the_day_has_passed() -> None:
    promise = said(1_000)
    assert state_of(promise, outcome(promise), FRIDAY) == rules.OPEN
    assert state_of(promise, outcome(promise), FRIDAY + timedelta(days=1)) == rules.BROKEN


def test_a_part_in_time_is_a_promise_kept_in_part() -> None:
    promise = said(1_000)
    found = outcome(promise, paid(400, FRIDAY))
    assert state_of(promise, found, FRIDAY + timedelta(days=1)) == rules.PARTLY


def test_money_that_comes_late_fulfils_but_does_not_keep() -> None:
    promise, late = said(1_000), FRIDAY + timedelta(days=3)
    found = outcome(promise, paid(1_000, late))
    assert (found.received, found.in_time, found.fulfilled_on) == (1_000, 0, late)
    assert state_of(promise, found, late) == rules.BROKEN


def test_money_received_in_time_and_recorded_later_keeps_it() -> None:
    promise = said(1_000)
    found = outcome(promise, paid(1_000, FRIDAY, hours=200))
    assert state_of(promise, found, FRIDAY + timedelta(days=5)) == rules.KEPT


@pytest.mark.parametrize(
    "receipt",
    [
        paid(1_000, MONDAY - timedelta(days=1)),  # came in before it was promised
        paid(1_000, MONDAY, hours=-1),  # was recorded before
        paid(1_000, FRIDAY, on=OTHER),  # settles another invoice
        paid(1_000, FRIDAY, on=None),  # settles nothing yet
    ],
)
def test_other_money_keeps_no_promise_on_an_invoice(receipt: Receipt) -> None:
    assert outcome(said(1_000), receipt).received == 0


def test_whatever_a_client_pays_keeps_its_promise() -> None:
    promise = said(1_000, on=None)
    found = outcome(promise, paid(300, MONDAY, on=OTHER), paid(700, FRIDAY, on=None))
    assert found == Outcome(1_000, 1_000, FRIDAY)


def test_no_euro_counts_twice() -> None:
    first, second = said(1_000, by=FRIDAY), said(1_000, by=FRIDAY + timedelta(days=7))
    at_large = said(1_000, on=None)
    found = share_out([second, at_large, first], [paid(1_500, FRIDAY)])
    assert [found[each.id].received for each in (first, second, at_large)] == [1_000, 500, 0]


def test_a_promise_asks_for_no_more_than_is_owed() -> None:
    promise = said(1_000, owed=0)  # the rest was credited
    found = outcome(promise, paid(600, FRIDAY))
    assert found.fulfilled_on == FRIDAY
    assert state_of(promise, found, FRIDAY) == rules.KEPT


def test_a_promise_about_nothing_left_to_pay_lapses() -> None:
    promise = said(1_000, owed=0)
    assert state_of(promise, outcome(promise), FRIDAY + timedelta(days=9)) == rules.LAPSED


def test_a_clients_promise_counts_foreign_money_at_its_rate() -> None:
    promise = said(900, on=None)
    found = outcome(promise, paid(1_000, FRIDAY, on=None, rate=UNIT_RATE * 9 // 10))
    assert found == Outcome(900, 900, FRIDAY)


def test_a_share_is_told_once_something_was_judged() -> None:
    assert Kept().share is None
    assert Kept(2, 3).share == 67


def test_a_day_is_neither_past_nor_far() -> None:
    assert day_fault(FRIDAY, FRIDAY) is None
    assert day_fault(MONDAY, FRIDAY) == "past"
    assert day_fault(FRIDAY + timedelta(days=400), FRIDAY) == "far"
