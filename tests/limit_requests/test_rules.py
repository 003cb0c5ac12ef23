"""Who decides how much: tiers, the second pair of eyes, whom a request goes to next."""

from __future__ import annotations

import pytest

from webapp.limit_requests import rules


@pytest.mark.parametrize(
    ("judged", "roles"),
    [
        (1, ("branch_manager", "credit_manager", "cfo")),
        (2_000_000, ("branch_manager", "credit_manager", "cfo")),
        (2_000_001, ("credit_manager", "cfo")),
        (10_000_000, ("credit_manager", "cfo")),
        (10_000_001, ("cfo",)),
    ],
)
def test_each_role_decides_up_to_its_ceiling(judged: int, roles: tuple[str, ...]) -> None:
    assert rules.deciders(judged) == roles


def test_a_request_is_judged_on_what_is_out_when_that_is_more() -> None:
    assert rules.judged_on(100, 250) == 250
    assert rules.judged_on(300, 250) == 300
    assert rules.judged_on(300, -50) == 300


def test_other_roles_decide_nothing_and_the_product_everything() -> None:
    assert not rules.is_within("sales_rep", 1) and not rules.is_within("admin", 1)
    assert rules.is_within("system", 10**11)


def test_a_request_goes_up_to_the_next_who_may_decide_it() -> None:
    assert rules.above("branch_manager", 2_500_000) == "credit_manager"
    assert rules.above("branch_manager", 20_000_000) == "cfo"
    assert rules.above("credit_manager", 1) == "cfo"
    assert rules.above("cfo", 1) is None
    assert rules.above("sales_rep", 1) == "branch_manager"


def test_two_people_and_a_proof_are_needed_above_their_sums() -> None:
    assert (rules.needs_second(5_000_000), rules.needs_second(5_000_001)) == (False, True)
    assert (rules.needs_proof(2_000_000), rules.needs_proof(2_000_001)) == (False, True)
