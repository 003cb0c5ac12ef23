"""Use of a limit, levels with hysteresis, who may set how much: without any database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.risk import rules
from webapp.risk.rules import Cap, evaluate


@pytest.mark.parametrize(
    ("exposure", "limit", "expected"),
    [
        (6_480_000, 6_000_000, 108),
        (5_999_999, 6_000_000, 99),
        (6_000_001, 6_000_000, 100),
        (0, 6_000_000, 0),
        (-500, 6_000_000, 0),
        (0, 0, 0),
        (1, 0, rules.BEYOND_MEASURE),
        (12_000, None, None),
    ],
)
def test_use_is_a_whole_per_cent_rounded_down(exposure: int, limit: int | None, expected: int | None) -> None:
    assert rules.utilisation(exposure, limit) == expected


@pytest.mark.parametrize(
    ("exposure", "limit", "breached"),
    [(100, 100, False), (101, 100, True), (1, 0, True), (0, 0, False), (10**9, None, False)],
)
def test_a_breach_is_strictly_more_than_the_limit(exposure: int, limit: int | None, breached: bool) -> None:
    assert rules.is_breach(exposure, limit) is breached
    assert (100 in rules.levels_crossed(exposure, limit)) is breached


def test_what_remains_available_is_negative_in_a_breach() -> None:
    assert rules.available(64_800, 60_000) == -4_800
    assert rules.available(10, None) is None


# Steps of exposure under a limit of 1 000, with the level raised at each and those forgotten.
WALKS: dict[str, list[tuple[int, int | None, set[int]]]] = {
    "climbing one level at a time raises each once": [
        (499, None, set()),
        (500, 50, set()),
        (699, None, set()),
        (700, 70, set()),
        (900, 90, set()),
        (1000, None, set()),
        (1001, 100, set()),
        (5000, None, set()),
    ],
    "one jump raises only the highest; the lower ones count as passed": [
        (1200, 100, set()),
        (960, None, set()),
        (1200, None, set()),
    ],
    "a level is forgotten exactly five points below it": [
        (900, 90, set()),
        (851, None, set()),
        (900, None, set()),
        (850, None, {90}),
        (899, None, set()),
        (900, 90, set()),
    ],
    "a breach is forgotten at ninety-five per cent": [
        (1001, 100, set()),
        (951, None, set()),
        (1001, None, set()),
        (950, None, {100}),
        (1001, 100, set()),
    ],
    "paying everything forgets all, and the next jump raises again": [
        (1001, 100, set()),
        (0, None, {50, 70, 90, 100}),
        (750, 70, set()),
        (-20, None, {50, 70}),
    ],
    "oscillating around a level raises once": [(900, 90, set())]
    + [(899, None, set()), (900, None, set())] * 5,
}


def said(level: int | None) -> tuple[rules.Level, ...]:
    return () if level is None else ((rules.kind_of(level), level),)


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS.keys())
def test_levels_are_raised_and_forgotten(walk: list[tuple[int, int | None, set[int]]]) -> None:
    passed: set[rules.Level] = set()
    for exposure, raised, forgotten in walk:
        decision = evaluate(exposure, Cap(1000), None, passed)
        assert (exposure, decision.raised) == (exposure, said(raised))
        assert {level for _kind, level in decision.cleared} == forgotten
        passed = (passed | decision.newly_passed) - decision.cleared


def test_a_limit_of_zero_is_breached_by_any_exposure_and_by_nothing_else() -> None:
    assert evaluate(1, Cap(0), None, ()).raised == said(100)
    assert evaluate(0, Cap(0), None, ()).raised == ()
    assert evaluate(0, Cap(0), None, [("limit_breach", 100)]).cleared == {("limit_breach", 100)}


def test_without_limit_nothing_is_raised_and_everything_is_forgotten() -> None:
    known = [("limit_warning", 50), ("limit_breach", 100), rules.DELAY]
    decision = evaluate(10**9, None, 400, known)
    assert decision.raised == ()
    assert decision.cleared == frozenset(known)


def test_a_delay_is_raised_once_when_later_than_tolerated_and_forgotten_when_not() -> None:
    cap = Cap(1000, max_days_late=30)
    assert evaluate(0, cap, 30, ()).raised == ()
    assert evaluate(0, cap, None, ()).raised == ()
    first = evaluate(0, cap, 31, ())
    assert first.raised == (rules.DELAY,) and first.newly_passed == {rules.DELAY}
    assert evaluate(0, cap, 45, first.newly_passed) == rules.Decision()
    assert evaluate(0, cap, 12, first.newly_passed).cleared == {rules.DELAY}
    assert evaluate(0, Cap(1000), 500, ()).raised == ()
    both = evaluate(2_000, cap, 31, ())
    assert both.raised == (("limit_breach", 100), rules.DELAY)


@given(st.lists(st.tuples(st.integers(-100, 3000), st.one_of(st.none(), st.integers(0, 2000))), max_size=30))
def test_an_alert_is_never_raised_twice_without_being_forgotten_between(
    steps: list[tuple[int, int | None]],
) -> None:
    passed: set[rules.Level] = set()
    for exposure, limit in steps:
        cap = None if limit is None else Cap(limit)
        decision = evaluate(exposure, cap, None, passed)
        assert not set(decision.raised) & passed
        highest = max((level for _kind, level in decision.newly_passed), default=None)
        assert decision.raised == said(highest)
        passed = (passed | decision.newly_passed) - decision.cleared
        assert rules.levels_crossed(exposure, limit) <= {level for _kind, level in passed}


def test_kinds_and_severities() -> None:
    assert [rules.kind_of(level) for level in (50, 90, 100)] == ["limit_warning"] * 2 + ["limit_breach"]
    assert rules.severity("limit_breach", 100) == rules.severity("delay_breach", 100) == 3
    assert [rules.severity("limit_warning", level) for level in (50, 70, 90)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "reached"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), set()),
        (date(2026, 1, 1), date(2026, 12, 22), {30}),
        (date(2026, 1, 1), date(2026, 11, 29), {30, 7}),
        (date(2026, 1, 1), date(2026, 11, 23), {30, 7, 1}),
        (date(2026, 1, 1), date(2026, 11, 22), {30, 7, 1}),
        (date(2026, 1, 1), date(2026, 11, 21), set()),
        (date(2026, 11, 2), date(2026, 11, 29), {7}),
        (date(2026, 11, 22), date(2026, 11, 22), set()),
        (None, date(2026, 11, 29), {30, 7}),
        (date(2026, 1, 1), None, set()),
    ],
)
def test_an_end_is_warned_of_thirty_seven_and_one_day_ahead(
    starts_on: date | None, ends_on: date | None, reached: set[int]
) -> None:
    found = rules.endings_reached("limit_ending", starts_on, ends_on, date(2026, 11, 22))
    assert found == {("limit_ending", days) for days in reached}


def test_of_several_endings_the_nearest_of_each_kind_is_said() -> None:
    endings = frozenset({("limit_ending", 30), ("limit_ending", 7), ("guarantee_ending", 30)})
    decision = evaluate(0, None, None, (), endings)
    assert decision.raised == (("guarantee_ending", 30), ("limit_ending", 7))
    assert decision.newly_passed == endings
    again = evaluate(0, None, None, endings, endings | {("limit_ending", 1)})
    assert again.raised == (("limit_ending", 1),)
    assert evaluate(0, None, None, endings).cleared == endings
    assert [rules.severity("limit_ending", days) for days in (30, 7, 1)] == [1, 2, 2]


def test_what_others_pay_lowers_what_is_judged_and_never_below_zero() -> None:
    assert rules.covered(3_000_000, 90) == 2_700_000 and rules.covered(101, 50) == 50
    assert rules.unsecured(4_640_000, 2_700_000) == 1_940_000 and rules.unsecured(100, 200) == 0
    assert rules.amount_judged(70_000, 60_000, 500_000, 450_000) == 50_000
    assert rules.amount_judged(70_000, None, 0, 100_000) == 0


def test_an_ended_limit_allows_nothing_more() -> None:
    assert rules.in_force(500, date(2026, 11, 22), date(2026, 11, 22)) == 500
    assert rules.in_force(500, date(2026, 11, 21), date(2026, 11, 22)) == 0
    assert rules.in_force(500, None, date(2026, 11, 22)) == 500


def test_days_overdue_count_from_the_due_date() -> None:
    assert rules.days_overdue(date(2026, 11, 1), date(2026, 11, 22)) == 21
    assert rules.days_overdue(None, date(2026, 11, 22)) is None


@pytest.mark.parametrize(
    ("role", "amount", "allowed"),
    [
        ("credit_manager", 10_000_000, True),
        ("credit_manager", 10_000_001, False),
        ("cfo", 10**12, True),
        ("system", 10**12, True),
        ("branch_manager", 1, False),
        ("sales_rep", 1, False),
        ("admin", 1, False),
    ],
)
def test_each_role_sets_limits_within_its_authority(role: str, amount: int, allowed: bool) -> None:
    assert rules.within_authority(role, amount) is allowed


def test_a_raise_is_judged_on_what_is_already_out_and_a_cut_on_itself() -> None:
    assert rules.amount_judged(70_000, 60_000, 500_000) == 500_000
    assert rules.amount_judged(50_000, 60_000, 500_000) == 50_000
    assert rules.amount_judged(50_000, None, 500_000) == 50_000
