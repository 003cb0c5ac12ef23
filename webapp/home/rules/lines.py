"""Where a client stands in the list: its rank and the filters it belongs to. Pure."""

from __future__ import annotations

from datetime import date, timedelta

LONG_OVERDUE = timedelta(days=60)
FLAGS = {"breach": 1, "overdue": 2, "overdue_60": 4, "no_limit": 8}
INSOLVENT, OVER_LIMIT, ORDINARY = 2, 1, 0


def rank_of(*, insolvent: bool, over_limit: bool) -> int:
    """What comes first: the insolvent, then who owes more than allowed, then everyone else."""
    if insolvent:
        return INSOLVENT
    return OVER_LIMIT if over_limit else ORDINARY


def flags_of(
    *, over_limit: bool, has_limit: bool, overdue: int, overdue_since: date | None, day: date
) -> int:
    """The filters a client belongs to on `day`, as the sum of their FLAGS; `overdue` in cents."""
    late = overdue > 0
    true = {
        "breach": over_limit,
        "overdue": late,
        "overdue_60": late and overdue_since is not None and overdue_since < day - LONG_OVERDUE,
        "no_limit": not has_limit,
    }
    return sum(FLAGS[name] for name, holds in true.items() if holds)
