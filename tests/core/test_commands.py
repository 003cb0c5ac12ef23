"""One act, one UUID: a replay gets the first result, another body is refused."""

from __future__ import annotations

import pytest

from webapp.core.commands import once
from webapp.core.errors import Invalid
from webapp.core.ids import new_id, parse_id


def test_a_replay_gets_the_first_result_and_acts_once(db: object) -> None:
    acts: list[int] = []
    key = new_id()

    def act() -> tuple[int, object]:
        acts.append(1)
        return 201, {"number": len(acts)}

    first = once("me", key, "paint", {"colour": "red"}, act)
    again = once("me", key, "paint", {"colour": "red"}, act)
    assert (first.status, first.result, first.repeated) == (201, {"number": 1}, False)
    assert (again.status, again.result, again.repeated) == (201, {"number": 1}, True)
    assert once("you", key, "paint", {"colour": "red"}, act).result == {"number": 2}


def test_the_same_id_with_another_body_is_refused(db: object) -> None:
    key = new_id()
    once("me", key, "paint", {"colour": "red"}, lambda: (200, None))
    with pytest.raises(Invalid) as refusal:
        once("me", key, "paint", {"colour": "blue"}, lambda: (200, None))
    assert refusal.value.code == "id_reused"


def test_a_refusal_is_judged_anew(db: object) -> None:
    key = new_id()

    def refuse() -> tuple[int, object]:
        raise Invalid("not yet")

    with pytest.raises(Invalid, match="not yet"):
        once("me", key, "paint", {}, refuse)
    assert once("me", key, "paint", {}, lambda: (200, "done")).result == "done"


def test_ids_are_read_or_declined() -> None:
    key = new_id()
    assert parse_id(str(key)) == key
    assert parse_id("room-12") is None
    assert parse_id(None) is None
