"""Cells into values: decided once a column, then exact."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.imports import values
from webapp.imports.values import AmountColumn, DateColumn, RefColumn


def dates(*texts: str) -> DateColumn:
    column = DateColumn()
    for text in texts:
        column.add(text)
    return column


def amounts(*texts: str) -> AmountColumn:
    column = AmountColumn()
    for text in texts:
        column.add(text)
    return column


@pytest.mark.parametrize(
    ("text", "shape", "day"),
    [
        ("2026-11-24", "ymd", date(2026, 11, 24)),
        ("2026-11-24 12:25:01.718750000", "ymd", date(2026, 11, 24)),
        ("2026-11-24T00:00:00Z", "ymd", date(2026, 11, 24)),
        ("20261124", "compact", date(2026, 11, 24)),
        ("20261124.0", "compact", date(2026, 11, 24)),
        ("24/11/98", "dmy", date(1998, 11, 24)),
        ("24/11/2026", "dmy", date(2026, 11, 24)),
        ("24-11-2026 11:50", "dmy", date(2026, 11, 24)),
        ("11/24/2026", "mdy", date(2026, 11, 24)),
        ("24.11.26", "dmy", date(2026, 11, 24)),
        ("26-Apr-11", "dmony", date(2011, 4, 26)),
        ("3 août 2026", "dmony", date(2026, 8, 3)),
        ("31/02/2027", "dmy", None),
        ("hier", "dmy", None),
        ("12-Foo-26", "dmony", None),
        ("24/11/0026", "dmy", None),
    ],
)
def test_a_date_is_read_in_its_shape(text: str, shape: str, day: date | None) -> None:
    assert values.read_date(text, shape) == day


def test_one_value_settles_how_a_column_reads() -> None:
    assert dates("1/2/2013", "1/26/2013").shape == "mdy"
    assert dates("01/02/2013", "26/01/2013").shape == "dmy"
    assert dates("2026-01-02", "", "null").shape == "ymd"
    assert not dates("1/2/2013", "1/26/2013").ambiguous


def test_where_both_readings_fit_the_day_comes_first_and_it_is_said() -> None:
    column = dates("01/02/2026", "03/04/2026")
    assert (column.shape, column.ambiguous, column.likely) == ("dmy", True, True)


def test_fractions_of_a_second_mark_a_computed_column() -> None:
    assert dates("2020-04-15 12:25:01.718750000", "2020-03-23 00:11:43.000000000").computed
    assert not dates("2020-04-15 00:00:00.000", "2020-03-23 00:00:00").computed
    assert not dates().computed and not dates().likely


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (("1 234,56", "12,5"), ","),
        (("1,234.56", "12"), "."),
        (("200.000.000",), ","),
        (("1,000,000",), "."),
        (("2309.7899999999995",), "."),
        (("12", "-"), None),
        (("1.234", "2.500"), ","),
        (("1,234", "0,126"), ","),
    ],
)
def test_the_decimal_mark_is_decided_over_the_column(texts: tuple[str, ...], mark: str | None) -> None:
    assert amounts(*texts).mark == mark


def test_groups_of_three_everywhere_leave_a_doubt() -> None:
    assert amounts("1.234", "2.500").ambiguous
    assert not amounts("1.234", "2.50").ambiguous and not amounts("12").ambiguous


def test_a_column_is_an_amount_when_nearly_all_of_it_reads_as_one() -> None:
    assert amounts("12,5", "1 000").likely
    assert not amounts("12,5", "payé").likely and not amounts().likely


def test_references_keep_their_zeros_and_lose_what_a_spreadsheet_added() -> None:
    column = RefColumn()
    for text in ("2960623488.0", "1930659387.0", ""):
        column.add(text)
    assert column.as_floats
    assert values.read_ref("2960623488.0", as_floats=True) == ("2960623488", None)
    assert values.read_ref("12.0", as_floats=False) == ("12.0", None)
    assert values.read_ref("0000611365", as_floats=False) == ("0000611365", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.93e9", "scientific"),
        ("1,93E+09", "scientific"),
        ("F" * 65, "too_long"),
        ("F\x071", "control_character"),
    ],
)
def test_a_reference_that_cannot_be_known_is_refused(text: str, code: str) -> None:
    assert values.read_ref(text, as_floats=False)[1] == code


def test_texts_come_out_on_one_line_without_invisible_characters() -> None:
    assert values.clean_text(" Dupont\n\x07 et\tCie ") == "Dupont et Cie"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("FA", "invoice"),
        ("Avoir", "credit_note"),
        ("credit_note", "credit_note"),
        ("Acompte", "deposit"),
        ("?", None),
    ],
)
def test_kinds_are_read_in_both_languages(text: str, kind: str | None) -> None:
    assert values.read_kind(text) == kind


@pytest.mark.parametrize("text", ["", "  ", "NULL", "NaN", "-"])
def test_words_for_nothing_are_nothing(text: str) -> None:
    assert values.is_empty(text)


def test_a_column_with_as_many_of_both_marks_is_read_alike_in_any_order() -> None:
    for written in (["1.234,50", "0.75"], ["0.75", "1.234,50"]):
        column = AmountColumn()
        for text in written:
            column.add(text)
        assert column.mark == ","
