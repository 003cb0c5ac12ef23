from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from webapp.threads import rules


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("a", None),
        ("", "empty"),
        (" \n\t\u2003", "empty"),
        ("x" * 10_000, None),
        ("  " + "x" * 10_000 + "\n", None),
        ("x" * 10_001, "too_long"),
        ("a\x00b", "unreadable"),
        ("a\ud800", "unreadable"),
        ("\u200b", None),
    ],
)
def test_a_body_is_refused_for_one_clear_reason(body: str, fault: str | None) -> None:
    assert rules.body_fault(body) == fault


def test_a_text_is_kept_as_it_came_unless_space_makes_it_too_long() -> None:
    assert rules.kept_body("  a \n") == "  a \n"
    assert rules.kept_body(" " * 20_000 + "a") == "a"


def test_handles_are_found_at_the_start_of_words_only() -> None:
    text = "@bob, vois avec (@Chloe.Vidal) et @sonia. Pas mail@alice.fr ni @@ada ni @-x"
    assert rules.handles_in(text) == {"bob", "chloe.vidal", "sonia"}
    assert rules.handle_at("@bob.", 0) == "bob"
    assert rules.handle_at("a@bob", 1) is None


def test_only_the_author_changes_a_message_that_still_stands() -> None:
    me, other = uuid.uuid4(), uuid.uuid4()
    assert rules.may_change(me, me, None)
    assert not rules.may_change(me, other, None)
    assert not rules.may_change(None, me, None)
    assert not rules.may_change(me, me, datetime.now(UTC))


def test_the_edit_window_is_fifteen_minutes() -> None:
    made = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert rules.in_edit_window(made, made + timedelta(minutes=15))
    assert not rules.in_edit_window(made, made + timedelta(minutes=15, seconds=1))


@pytest.mark.parametrize("emoji", ["👍", "✅", "👩‍💻", "❤️"])
def test_a_sign_is_a_reaction(emoji: str) -> None:
    assert rules.emoji_is_valid(emoji)


@pytest.mark.parametrize("emoji", ["", "ok", "<b>", "👍 👍", "&", "👍" * 17, "\ud83d", "\x00"])
def test_words_and_markup_are_no_reaction(emoji: str) -> None:
    assert not rules.emoji_is_valid(emoji)


@pytest.mark.parametrize(
    ("last", "read", "mentioned", "level", "expected"),
    [
        (5, 2, 0, "all", 3),
        (5, 5, 5, "all", 0),
        (5, 2, 2, "mentions", 0),
        (5, 2, 4, "mentions", 3),
        (5, 2, 4, "none", 0),
        (5, 0, 0, "seen", 0),
    ],
)
def test_unread_follows_the_level(last: int, read: int, mentioned: int, level: str, expected: int) -> None:
    assert rules.unread(last, read, mentioned, level) == expected


def test_an_excerpt_is_one_line() -> None:
    assert rules.excerpt("a\n b") == "a b"
    assert rules.excerpt("x" * 100, 10) == "x" * 9 + "…"
