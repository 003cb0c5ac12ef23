"""Who is looking at a thread: as long as a socket lives, or for a minute once its page says so."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from webapp.threads import presence

THREAD, BOB, ALICE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


@pytest.fixture(autouse=True)
def _nobody() -> Iterator[None]:
    yield
    presence._looking.clear()


def test_a_socket_that_says_nothing_counts_as_long_as_it_lives() -> None:
    assert presence.enter(THREAD, BOB, "phone") and not presence.enter(THREAD, BOB, "desk")
    assert presence.expire() == [] and presence.looking(THREAD) == {BOB}
    assert not presence.leave(THREAD, BOB, "desk") and presence.leave(THREAD, BOB, "phone")
    assert presence.looking(THREAD) == set()


def test_a_page_that_is_no_longer_looked_at_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    presence.enter(THREAD, BOB, "phone")
    presence.enter(THREAD, ALICE, "desk")
    assert not presence.stay(THREAD, BOB, "phone") and presence.expire() == []
    monkeypatch.setattr(presence, "STAY_SECONDS", -1.0)
    presence.stay(THREAD, BOB, "phone")
    assert presence.expire() == [THREAD] and presence.looking(THREAD) == {ALICE}
    monkeypatch.undo()
    assert presence.stay(THREAD, BOB, "phone") and presence.looking(THREAD) == {ALICE, BOB}


def test_another_device_keeps_its_person_there(monkeypatch: pytest.MonkeyPatch) -> None:
    presence.enter(THREAD, BOB, "desk")
    monkeypatch.setattr(presence, "STAY_SECONDS", -1.0)
    presence.stay(THREAD, BOB, "phone")
    assert presence.expire() == [] and presence.looking(THREAD) == {BOB}
