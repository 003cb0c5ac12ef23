"""The figures of docs/matching.md: they do not fall, and the page says what the rules give."""

from __future__ import annotations

from pathlib import Path

from tests.payments.measured import DOCS, END, START, fec, lists, report
from tests.payments.replaying import score


def test_sure_proposals_on_real_books_stay_right_and_frequent(real_files: Path) -> None:
    verdicts = fec(real_files)
    for found, known, sure, first in (
        ([each for each in verdicts if each.line.journal == "CRC"], 79, 72, 78),
        (verdicts, 119, 110, 117),
    ):
        figures = score(found)
        assert figures["sure_right"] == figures["sure"] >= sure
        assert figures["known"] == known and figures["known_right"] >= first
        assert figures["most_steps"] <= 20_000


def test_sums_that_agree_by_chance_are_not_taken_for_sure(real_files: Path) -> None:
    for name, verdicts in lists(real_files):
        figures = score(verdicts)
        assert figures["sure_right"] == figures["sure"], name
        assert figures["known_sure"] >= 0.7 * figures["known"], name
        assert figures["most_steps"] <= 20_000


def test_the_page_says_what_the_rules_give(real_files: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    written = text.split(START)[1].split(END)[0].strip()
    assert written == report(real_files), "run python -m tests.payments.measured --write"
