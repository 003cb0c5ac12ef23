"""Codes and links: how often one may ask, and how long they hold."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.sharing import rules

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=some) for some in minutes]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ([], 0),
        (ago(0), 60),
        (ago(0.5), 30),
        (ago(1), 0),
        (ago(50, 40, 30, 20), 0),
        (ago(50, 40, 30, 20, 10), 10 * 60),
        (ago(59, 50, 40, 30, 20, 10), 10 * 60),
        (ago(60, 40, 30, 20, 10), 0),
    ],
)
def test_a_code_a_minute_and_five_an_hour(asked, seconds):
    assert rules.wait_for_code(asked, NOW) == seconds
    assert rules.wait_for_code(asked[::-1], NOW) == seconds


def test_a_part_of_a_second_is_waited_whole():
    assert rules.wait_for_code([NOW - timedelta(seconds=59, milliseconds=1)], NOW) == 1


def test_a_link_lives_until_its_end_unless_it_was_taken_back():
    assert rules.is_live(NOW + timedelta(seconds=1), None, NOW)
    assert not rules.is_live(NOW, None, NOW)
    assert not rules.is_live(NOW + timedelta(days=1), NOW, NOW)


def test_a_mailbox_is_hinted_at_and_not_told():
    assert rules.masked_email("claire@delorme.fr") == "c•••@delorme.fr"
