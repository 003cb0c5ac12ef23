"""Where a client stands in the list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from webapp.home.rules import FLAGS, flags_of, rank_of

DAY = date(2026, 11, 22)


def test_the_insolvent_come_before_those_above_their_limit_before_the_others() -> None:
    assert rank_of(insolvent=True, over_limit=False) > rank_of(insolvent=False, over_limit=True)
    assert rank_of(insolvent=True, over_limit=True) == rank_of(insolvent=True, over_limit=False)
    assert rank_of(insolvent=False, over_limit=True) > rank_of(insolvent=False, over_limit=False)


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({}, set()),
        ({"over_limit": True}, {"breach"}),
        ({"has_limit": False}, {"no_limit"}),
        ({"overdue": 1, "overdue_since": DAY - timedelta(days=60)}, {"overdue"}),
        ({"overdue": 1, "overdue_since": DAY - timedelta(days=61)}, {"overdue", "overdue_60"}),
        ({"overdue": 0, "overdue_since": DAY - timedelta(days=61)}, set()),
        ({"overdue": 1, "overdue_since": None}, {"overdue"}),
    ],
)
def test_the_filters_a_client_belongs_to(facts: dict[str, object], names: set[str]) -> None:
    calm = {"over_limit": False, "has_limit": True, "overdue": 0, "overdue_since": None}
    flags = flags_of(**{**calm, **facts}, day=DAY)
    assert {name for name, bit in FLAGS.items() if flags & bit} == names
