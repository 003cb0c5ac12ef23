"""Amounts and days that a sentence names. Today is Wednesday 25 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.core.said import amount_said, day_said

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Il règle 12 000 € vendredi.", 1_200_000),
        ("Il règle 12\u202f000\u00a0€ vendredi.", 1_200_000),
        ("12000€ sur la F-2026-118", 1_200_000),
        ("1 234,56 euros", 123_456),
        ("1.234,56 €", 123_456),
        ("€1,234.56 on Friday", 123_456),
        ("un virement de 6 k€ demain", 600_000),
        ("1,5 M€ au total", 150_000_000),
        ("850 EUR", 85_000),
        ("il enverra 12 000 vendredi", 1_200_000),
        ("30 % de 4 500 €", 450_000),
        ("deux colis, 45 palettes, puis 900 €", 90_000),
        ("il conteste 1 200 mais paie 3 400 €", 340_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, cents: int) -> None:
    assert amount_said(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rien.",
        "La F-2026-118 de mai",
        "06 12 34 56 78",
        "le 30/11/2026",
        "30 %",
        "0 €",
        "99999999999999 €",
    ],
)
def test_what_is_no_amount_gives_none(text: str) -> None:
    assert amount_said(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("vendredi", date(2026, 11, 27)),
        ("On Friday", date(2026, 11, 27)),
        ("mercredi, sans faute", date(2026, 12, 2)),  # today is one: the next is meant
        ("le 30", date(2026, 11, 30)),
        ("le 12", date(2026, 12, 12)),
        ("le 31", date(2026, 12, 31)),  # November has none
        ("le 1er décembre", date(2026, 12, 1)),
        ("30/11", date(2026, 11, 30)),
        ("le 5/1", date(2027, 1, 5)),
        ("30/11/2026", date(2026, 11, 30)),
        ("le 30-11-26", date(2026, 11, 30)),
        ("2026-12-04", date(2026, 12, 4)),
        ("le 4 décembre 2026", date(2026, 12, 4)),
        ("4 aout", date(2027, 8, 4)),
        ("3rd of December", date(2026, 12, 3)),
        ("demain matin", date(2026, 11, 26)),
        ("après-demain", date(2026, 11, 27)),
        ("aujourd’hui", date(2026, 11, 25)),
        ("fin de mois", date(2026, 11, 30)),
        ("fin janvier", date(2027, 1, 31)),
        ("sous 8 jours", date(2026, 12, 3)),
        ("il devait payer le 10/10/2026, ce sera le 2/12", date(2026, 12, 2)),
        ("12 000 € le 30", date(2026, 11, 30)),
    ],
)
def test_a_day_is_the_next_one_that_is_meant(text: str, day: date) -> None:
    assert day_said(text, TODAY) == day


@pytest.mark.parametrize("text", ["", "bientôt", "le 45", "31/02", "F-2026-11-30", "le 12 000 €", "10/10/26"])
def test_what_is_no_day_to_come_gives_none(text: str) -> None:
    assert day_said(text, TODAY) is None


def test_a_day_that_no_month_ahead_has_is_not_invented() -> None:
    assert day_said("le 0", TODAY) is None
    assert day_said("le 30", date(2027, 2, 1)) == date(2027, 3, 30)
