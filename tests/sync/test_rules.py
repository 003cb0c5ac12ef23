"""What waits for what, and when something was written: pure decisions."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from webapp.sync.rules import happened, waits_for, written_at

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DONE: dict[str, Any] = {"status": "done"}
REFUSED: dict[str, Any] = {"status": "refused", "error": {"code": "invalid"}}
REUSED: dict[str, Any] = {"status": "refused", "error": {"code": "id_reused"}}
CONFLICT: dict[str, Any] = {"status": "conflict", "error": {"code": "conflict"}}


@pytest.mark.parametrize(
    ("result", "has"), [(DONE, True), (REFUSED, False), (REUSED, True), (CONFLICT, False)]
)
def test_a_reused_id_has_its_effect_and_a_refusal_none(result: dict[str, Any], has: bool) -> None:
    assert happened(result) is has


def test_a_child_waits_for_a_parent_that_was_refused_or_never_sent() -> None:
    done, refused, before, unknown = (uuid.uuid4() for _each in range(4))
    results = {done: DONE, refused: REFUSED}

    def waits(*parents: uuid.UUID) -> bool:
        return waits_for(parents, results, lambda act: act == before)

    assert not waits() and not waits(done, before)
    assert waits(done, refused) and waits(unknown)


@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(0), timedelta(days=1)])
def test_a_clock_that_is_a_day_wrong_is_put_right(wrong: timedelta) -> None:
    written = NOON - timedelta(hours=2)
    assert written_at(written + wrong, NOON + wrong, NOON) == written


def test_nothing_is_written_later_than_now_or_in_a_year_nobody_lives_in() -> None:
    assert written_at(NOON + timedelta(days=1), None, NOON) == NOON
    assert written_at(None, None, NOON) == NOON
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    last = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2)))
    assert written_at(first, None, NOON) == NOON
    assert written_at(datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), NOON) == NOON
    assert written_at(NOON, last, NOON) == NOON
