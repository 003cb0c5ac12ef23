"""States, what is still contested, deadlines, cost, figures: to the last line."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.disputes import rules
from webapp.disputes.rules import Candidate, Reason
from webapp.disputes.rules.statistics import Fact, tally, total

DAY = date(2026, 11, 25)
BOB, DAVID, DORA, CHLOE, ALICE = (UUID(int=n) for n in range(1, 6))
HOUSE = (
    Candidate(BOB, "sales_rep", "Bob", 1),
    Candidate(DORA, "after_sales", "Dora", 4),
    Candidate(DAVID, "after_sales", "David", 1),
    Candidate(CHLOE, "branch_manager", "Chloé", 1),
    Candidate(ALICE, "credit_manager", "Alice", 1),
)


def reason(code: str) -> Reason:
    return next(each for each in rules.STANDARD if each.code == code)


@pytest.mark.parametrize(
    ("state", "proposed", "step"),
    [
        ("open", False, 0),
        ("waiting_us", False, 1),
        ("waiting_client", False, 1),
        ("waiting_us", True, 2),
        ("open", True, 2),
        ("rejected", False, 3),
        ("accepted_credit", True, 3),
    ],
)
def test_a_dispute_goes_through_four_steps(state: str, proposed: bool, step: int) -> None:
    assert rules.step_of(state, proposed=proposed) == step


def test_the_resolver_is_the_nearest_of_the_role() -> None:
    assert rules.choose_resolver(reason("quality"), BOB, HOUSE) == DAVID
    assert rules.choose_resolver(reason("terms"), BOB, HOUSE) == CHLOE
    assert rules.choose_resolver(reason("other"), None, HOUSE) == ALICE


def test_a_price_is_the_clients_own_representatives_and_nobody_elses() -> None:
    assert rules.choose_resolver(reason("price"), BOB, HOUSE) == BOB
    assert rules.choose_resolver(reason("price"), None, HOUSE) == CHLOE


def test_a_reason_may_name_a_person_who_must_be_there() -> None:
    named = Reason("quality", "after_sales", "after_sales", 5, resolver_id=DORA)
    assert rules.choose_resolver(named, BOB, HOUSE) == DORA
    assert rules.choose_resolver(named, BOB, [each for each in HOUSE if each.user_id != DORA]) == DAVID


def test_without_anybody_it_is_nobodys() -> None:
    assert rules.choose_resolver(reason("duplicate"), None, HOUSE) == CHLOE
    assert rules.choose_resolver(reason("quality"), None, HOUSE[-1:]) == ALICE
    assert rules.choose_resolver(reason("quality"), None, ()) is None


def test_money_beyond_the_undisputed_part_settles_the_oldest_dispute() -> None:
    assert rules.contested(1000, [(300, 0), (200, 0)]) == [300, 200]
    assert rules.contested(400, [(300, 0), (200, 0)]) == [200, 200]
    assert rules.contested(150, [(300, 0), (200, 0)]) == [0, 150]
    assert rules.contested(0, [(300, 0)]) == [0]


def test_a_credit_goes_to_the_oldest_dispute_first() -> None:
    assert rules.spread_credits(350, [300, 200]) == [300, 50]
    assert rules.spread_credits(-10, [300]) == [0]
    assert rules.contested(700, [(300, 300)]) == [0]
    assert rules.contested(800, [(300, 200)]) == [100]


cents = st.integers(0, 10**6)


@given(cents, st.lists(st.tuples(cents, cents), max_size=6))
def test_never_more_is_contested_than_is_open(left: int, claims: list[tuple[int, int]]) -> None:
    rests = rules.contested(left, claims)
    assert sum(rests) <= left
    pairs = zip(rests, claims, strict=True)
    assert all(0 <= rest <= max(amount - credited, 0) for rest, (amount, credited) in pairs)


def test_a_credit_for_less_accepts_in_part() -> None:
    assert rules.outcome_of_credit(300, 300) == "accepted_credit"
    assert rules.outcome_of_credit(299, 300) == "accepted_partly"


def test_a_deadline_escalates_three_days_after_it_passed() -> None:
    due = rules.due_on(DAY, 7)
    assert due == date(2026, 12, 2)
    stages = [rules.stage_of(due, due + timedelta(days=days)) for days in (-1, 0, 1, 3, 4)]
    assert stages == [rules.ON_TIME, rules.ON_TIME, rules.LATE, rules.LATE, rules.ESCALATED]
    assert rules.days_late("open", due, due + timedelta(days=2)) == 2
    assert rules.days_late("rejected", due, due + timedelta(days=2)) == 0
    assert rules.days_late("open", due, DAY) == 0


def test_a_delay_costs_the_late_interest_of_the_contested_amount() -> None:
    opened, due = date(2025, 7, 1), date(2025, 7, 31)
    # 10 000 at 12.15 % for 90 days, from the day after the due date
    assert rules.cost_of_delay(1_000_000, opened, due, due + timedelta(days=90)) == 29_959
    assert rules.cost_of_delay(1_000_000, due, opened, due + timedelta(days=90)) == 29_959
    assert rules.cost_of_delay(1_000_000, opened, due, due) == 0


def test_a_company_changes_reasons_and_adds_its_own() -> None:
    quality = Reason("quality", "logistics", "after_sales", 3, label="Casse")
    own = Reason("emballage", "logistics", "after_sales", 4, label="Emballage")
    merged = rules.merge_reasons([own, quality])
    assert [each.code for each in merged] == [*(each.code for each in rules.STANDARD), "emballage"]
    assert merged[2].label == "Casse"


def fact(**values: object) -> Fact:
    opened_on = DAY - timedelta(days=10)
    plain = {
        "reason": "quality", "department": "after_sales", "resolver": "David", "state": "open",
        "amount": 1000, "credited": 0, "opened_on": opened_on, "due_on": DAY, "closed_on": None,
        "invoice_due_on": DAY,
    }  # fmt: skip
    return Fact(**{**plain, **values})  # type: ignore[arg-type]


def test_figures_add_up_by_reason_and_in_all() -> None:
    facts = [
        fact(),
        fact(state="accepted_credit", credited=800, closed_on=DAY - timedelta(days=4)),
        fact(
            reason="price", resolver=None, amount=9000, state="rejected", closed_on=DAY,
            due_on=DAY - timedelta(days=1),
        ),
    ]  # fmt: skip
    price, quality = tally(facts, "reason", DAY)
    assert (price.key, price.count, price.amount, price.settled, price.late, price.rightly) == (
        "price", 1, 9000, 1, 1, 0,
    )  # fmt: skip
    assert (quality.open_count, quality.open_amount, quality.credited, quality.mean_days) == (1, 1000, 800, 6)
    assert (quality.on_time, quality.rightly, price.on_time) == (100, 100, 0)
    every = total(facts, DAY)
    assert (every.count, every.amount, every.mean_days, every.on_time) == (3, 11_000, 8, 67)
    assert [line.key for line in tally(facts, "resolver", DAY)] == [None, "David"]
    assert [(line.key, line.count) for line in tally(facts, "delay", DAY)] == [("0", 1), ("1", 2)]
    empty = total([], DAY)
    assert (empty.mean_days, empty.on_time, empty.rightly) == (None, None, None)
