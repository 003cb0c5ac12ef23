"""Amounts are read as people and systems write them, and never lose a cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.money import (
    MAX_AMOUNT,
    UNIT_RATE,
    BadAmount,
    Money,
    convert,
    field_amount,
    format_money,
    minor_digits,
    parse_amount,
    to_minor,
    to_rate,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("55.94", 5594),
        ("1234,56", 123456),
        ("1 234,56", 123456),
        ("1\u202f234,56 €", 123456),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1.234.567", 123456700),
        ("1,234,567", 123456700),
        ("12.5", 1250),
        (",5", 50),
        ("1'234.50", 123450),
        ("-12,00", -1200),
        ("−12,00", -1200),
        ("12,00-", -1200),
        ("(12,00)", -1200),
        ("+7", 700),
        ("2309.7899999999995", 230979),
        ("0.005", 1),
        ("-0.005", -1),
        ("$ 3", 300),
        ("£3", 300),
    ],
)
def test_an_amount_is_read_in_cents(text: str, cents: int) -> None:
    assert parse_amount(text) == cents


def test_the_decimal_mark_of_the_column_settles_what_one_separator_means() -> None:
    assert parse_amount("1.234", ",") == 123400
    assert parse_amount("1.234", ".") == 123
    assert parse_amount("1,234", ".") == 123400


@pytest.mark.parametrize(
    "text", ["", "abc", "1e5", "NaN", "Infinity", "1..2", "12,3,4.5.6", "--5", "€", "1" * 60]
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount) as refusal:
        parse_amount(text)
    assert refusal.value.code == "not_a_number"


def test_a_huge_amount_is_refused_and_so_is_an_infinite_one() -> None:
    with pytest.raises(BadAmount, match="too_large"):
        parse_amount("10000000001")
    with pytest.raises(BadAmount, match="not_a_number"):
        to_minor(Decimal("Infinity"))


def test_amounts_add_up_only_in_one_currency() -> None:
    assert Money(150) + Money(50) == Money(200)
    assert Money(150) - Money(50) == Money(100)
    assert Money(5, "USD").as_json() == {"amount": 5, "currency": "USD"}
    with pytest.raises(ValueError, match="cannot mix"):
        Money(1) + Money(1, "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "cents", "text"),
    [
        (123456, "EUR", "fr", True, "1\u202f234,56\u00a0€"),
        (-123456, "EUR", "fr", True, "\u22121\u202f234,56\u00a0€"),
        (123456, "EUR", "fr", False, "1\u202f235\u00a0€"),
        (123456, "EUR", "en", True, "€1,234.56"),
        (-5, "EUR", "en", True, "\u2212€0.05"),
        (123456, "USD", "en", False, "$1,235"),
        (123456, "CHF", "en", True, "CHF 1,234.56"),
        (100, "CHF", "fr", True, "1,00\u00a0CHF"),
    ],
)
def test_an_amount_is_written_for_the_reader(
    amount: int, currency: str, locale: str, cents: bool, text: str
) -> None:
    assert format_money(amount, currency, locale, cents=cents) == text


@given(st.integers(-MAX_AMOUNT, MAX_AMOUNT), st.sampled_from(["fr", "en"]))
def test_what_is_written_reads_back_the_same(amount: int, locale: str) -> None:
    mark = "," if locale == "fr" else "."
    assert parse_amount(format_money(amount, "EUR", locale), mark) == amount


@pytest.mark.parametrize(
    ("amount", "rate", "value"),
    [
        (12_345, UNIT_RATE, 12_345),
        (10_000, 923_456_789, 9_235),
        (-10_000, 923_456_789, -9_235),
        (1, 500_000_000, 1),  # half away from zero
        (-1, 500_000_000, -1),
        (0, 923_456_789, 0),
    ],
)
def test_an_amount_is_converted_at_a_rate_and_rounded_half_away_from_zero(
    amount: int, rate: int, value: int
) -> None:
    assert convert(amount, rate) == value


def test_a_rate_is_between_minor_units_whatever_decimals_a_currency_has() -> None:
    assert to_rate(Decimal("0.9234")) == 923_400_000
    assert to_rate(Decimal("0.0061"), minor_digits("JPY")) == 610_000_000
    assert to_rate(Decimal("0.295"), minor_digits("TND")) == 29_500_000
    assert (minor_digits("EUR"), minor_digits("XPF")) == (2, 0)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "1000001", "0.0000000000001"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(BadAmount):
        to_rate(Decimal(rate))


def test_currencies_without_cents_or_with_thousandths_are_written_so() -> None:
    assert format_money(1_234, "JPY", "en") == "JPY 1,234"
    assert format_money(1_234_567, "TND", "fr") == "1\u202f234,567\u00a0TND"
    assert parse_amount("1 234", digits=0) == 1_234
    assert parse_amount("1,5", digits=3) == 1_500


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (123_450, "EUR", "fr", "1\u202f234,50"),
        (123_450, "EUR", "en", "1,234.50"),
        (6_000_000, "EUR", "fr", "60\u202f000"),
        (1_234, "JPY", "fr", "1\u202f234"),
    ],
)
def test_what_stands_in_a_field_is_read_back_as_the_same_amount(
    amount: int, currency: str, locale: str, text: str
) -> None:
    assert field_amount(amount, currency, locale) == text
    assert parse_amount(text, "." if locale == "en" else ",", minor_digits(currency)) == amount
