"""Amounts in words, as a deed needs them."""

from __future__ import annotations

import pytest

from webapp.core.spelled import amount_in_words, number_in_words

FRENCH = {
    0: "zéro", 1: "un", 16: "seize", 17: "dix-sept", 20: "vingt", 21: "vingt et un", 22: "vingt-deux",
    70: "soixante-dix", 71: "soixante et onze", 72: "soixante-douze", 80: "quatre-vingts",
    81: "quatre-vingt-un", 90: "quatre-vingt-dix", 91: "quatre-vingt-onze", 99: "quatre-vingt-dix-neuf",
    100: "cent", 101: "cent un", 180: "cent quatre-vingts", 200: "deux cents", 203: "deux cent trois",
    1_000: "mille", 1_001: "mille un", 2_000: "deux mille", 80_000: "quatre-vingt mille",
    200_000: "deux cent mille", 280_380: "deux cent quatre-vingt mille trois cent quatre-vingts",
    1_000_000: "un million", 80_000_000: "quatre-vingts millions", 200_000_000: "deux cents millions",
    1_234_567: "un million deux cent trente-quatre mille cinq cent soixante-sept",
    3_000_000_000: "trois milliards",
}  # fmt: skip
ENGLISH = {
    0: "zero", 13: "thirteen", 40: "forty", 56: "fifty-six", 100: "one hundred",
    105: "one hundred and five", 1_001: "one thousand and one",
    7_220: "seven thousand two hundred and twenty",
    1_234_567: "one million two hundred and thirty-four thousand five hundred and sixty-seven",
}  # fmt: skip


@pytest.mark.parametrize(("number", "words"), FRENCH.items())
def test_a_number_in_french(number: int, words: str) -> None:
    assert number_in_words(number, "fr") == words


@pytest.mark.parametrize(("number", "words"), ENGLISH.items())
def test_a_number_in_english(number: int, words: str) -> None:
    assert number_in_words(number, "en") == words


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "words"),
    [
        (722_000, "EUR", "fr", "sept mille deux cent vingt euros"),
        (722_050, "EUR", "fr", "sept mille deux cent vingt euros et cinquante centimes"),
        (101, "EUR", "fr", "un euro et un centime"),
        (75, "EUR", "fr", "soixante-quinze centimes"),
        (0, "EUR", "fr", "zéro euro"),
        (200_000_000, "EUR", "fr", "deux millions d’euros"),
        (200_000_200, "EUR", "fr", "deux millions deux euros"),
        (100_000_000, "CHF", "fr", "un million de francs suisses"),
        (722_050, "EUR", "en", "seven thousand two hundred and twenty euros and fifty cents"),
        (100, "EUR", "en", "one euro"),
        (1_234, "TND", "fr", "un dinar tunisien et 234/1000"),
        (5_000, "JPY", "en", "five thousand Japanese yen"),
    ],
)
def test_an_amount_in_words(amount: int, currency: str, locale: str, words: str) -> None:
    assert amount_in_words(amount, currency, locale) == words


def test_nobody_owes_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="negative"):
        amount_in_words(-1)
