"""Identity and terms, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.clients import rules


@pytest.mark.parametrize(
    ("text", "found"),
    [("Bâti-Sud", "bati-sud"), ("  Œuvre ", "oeuvre"), ("ÉÀÇ", "eac"), ("北京", "北京")],
)
def test_names_are_searched_without_accents(text: str, found: str) -> None:
    assert rules.fold(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("732 829 320", ("732829320", None)),
        ("732829321", (None, "siren_key")),
        ("73282932", (None, "siren_length")),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_siren_has_nine_digits_and_a_key(text: str | None, found: tuple[str | None, str | None]) -> None:
    assert rules.clean_siren(text) == found


def test_a_siret_has_fourteen_digits_and_a_key() -> None:
    assert rules.clean_siret("732 829 320 00074") == ("73282932000074", None)
    assert rules.clean_siret("73282932000075") == (None, "siret_key")
    assert rules.clean_siret("732") == (None, "siret_length")


def test_a_vat_number_is_european() -> None:
    assert rules.clean_vat("FR 44 732829320") == ("FR44732829320", None)
    assert rules.clean_vat("FR00732829320") == (None, "vat")
    assert rules.clean_vat(" ") == (None, None)


def test_terms_make_the_due_date() -> None:
    assert rules.due_date(date(2026, 11, 2), 30, False) == date(2026, 12, 2)
    assert rules.due_date(date(2026, 1, 15), 45, True) == date(2026, 3, 31)


def test_the_search_text_holds_each_word_once_and_ends_somewhere() -> None:
    assert rules.search_text("C-1", "Bâti", None, "Bâti", "Lyon") == "c-1 bati lyon"
    assert len(rules.search_text("C-1", "x" * 900)) == 600


def test_a_company_not_founded_yet_has_no_age() -> None:
    day = date(2026, 11, 22)
    assert rules.age(None, day) is None and rules.age(date(2027, 1, 1), day) is None
    assert (rules.age(date(2016, 11, 22), day), rules.age(date(2016, 11, 23), day)) == (10, 9)


def test_a_signatory_signs_from_a_day_to_a_day_both_counted() -> None:
    day = date(2026, 11, 22)
    assert rules.signs_on(None, None, day) and rules.signs_on(day, day, day)
    assert not rules.signs_on(date(2026, 11, 23), None, day)
    assert not rules.signs_on(None, date(2026, 11, 21), day)
