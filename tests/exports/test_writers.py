"""Files read back: no formula runs, figures stay figures, nothing is fetched, memory stays flat (R12)."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.exports.reading import read_csv, read_xlsx
from webapp.core.clock import local, now
from webapp.core.papers import available, render
from webapp.exports.definitions import Column
from webapp.exports.rules import decimal_text, file_name, neutral
from webapp.exports.writers import Sheet, paper, text, workbook

pytestmark = pytest.mark.promise("R12")
DAY = date(2026, 11, 22)
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
HOSTILE = [f"{start}cmd|' /C calc'!A0" for start in STARTS] + ['=HYPERLINK("http://x.test";"a")', "=1+1;=2+2"]
COLUMNS = [
    Column("name", "=Nom", "text", lambda row: row[0]),
    Column("amount", "Montant", "money", lambda row: row[1], total=True),
    Column("yen", "Yens", "money", lambda row: row[1], lambda _row: "JPY"),
    Column("day", "Jour", "day", lambda _row: DAY),
    Column("late", "Retard", "number", lambda row: row[2]),
]


def make_sheet(decimals: str = "fr") -> Sheet:
    return Sheet("Liste", COLUMNS, "Société", DAY, decimals)


def written(write: Any, rows: Sequence[Any], decimals: str = "fr") -> bytes:
    target = io.BytesIO()
    write(target, make_sheet(decimals), [rows], lambda _rows: None)
    return target.getvalue()


def test_text_that_a_spreadsheet_would_run_is_neutralised_in_csv() -> None:
    rows = read_csv(written(text.write, [(each, -123456, -3) for each in HOSTILE]))
    assert rows[0][0] == "'=Nom"
    assert [row[0] for row in rows[1:]] == [f"'{each}" for each in HOSTILE]
    assert all(row[1:] == ["-1234,56", "-123456", "22/11/2026", "-3"] for row in rows[1:])


def test_figures_are_written_the_french_or_the_iso_way() -> None:
    rows = read_csv(written(text.write, [("a", 5, None)], "iso"))
    assert rows[1] == ["a", "0.05", "5", "2026-11-22", ""]
    assert decimal_text(-5, 2, ",") == "-0,05" and decimal_text(12, 3) == "0.012"


def test_a_workbook_holds_texts_numbers_and_dates_and_no_formula() -> None:
    rows = read_xlsx(written(workbook.write, [(each, -123456, -3) for each in HOSTILE]))
    for each, row in zip(HOSTILE, rows[1:-1], strict=True):
        kind, shown = row["A"]
        assert kind == "text" and str(shown).lstrip("\r\n\t")[:1] != "'"
        assert row["B"] == ("number", -1234.56) and row["C"] == ("number", -123456)
        assert row["D"] == ("number", 46348) and row["E"] == ("number", -3), each
    assert rows[-1]["B"] == ("number", round(-1234.56 * len(HOSTILE), 2))


def test_harmless_text_is_left_alone() -> None:
    assert [neutral(each) for each in ("Dupont", "a=b", "", "12")] == ["Dupont", "a=b", "", "12"]


def test_names_of_files_hold_letters_every_system_takes() -> None:
    assert file_name("Relevé de compte / “été”", DAY, "pdf") == "releve-de-compte-ete-2026-11-22.pdf"
    assert file_name("..", DAY, "csv") == "export-2026-11-22.csv"


class Pages:
    """Rows made as they are asked for."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[list[tuple[str, int, int]]]:
        for start in range(0, self.rows, 1000):
            yield [(f"Société {number}", number, 1) for number in range(start, start + 1000)]


@pytest.mark.parametrize("write", [text.write, workbook.write], ids=["csv", "xlsx"])
def test_a_hundred_thousand_rows_take_no_more_memory_than_ten_thousand(write: Any, tmp_path: Any) -> None:
    peaks = []
    for rows in (10_000, 100_000) if write is text.write else (2_000, 10_000):
        tracemalloc.start()
        with (tmp_path / "file").open("wb") as target:
            write(target, make_sheet(), Pages(rows), lambda _rows: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.3 + 200_000


def test_progress_is_told_after_each_page() -> None:
    seen: list[int] = []
    text.write(io.BytesIO(), make_sheet(), Pages(3000), seen.append)
    assert seen == [1000, 2000, 3000]


@pytest.fixture
def papers() -> None:
    if not available():
        pytest.skip("WeasyPrint does not find Pango")


def test_a_paper_has_pages_totals_and_a_head(app: Flask, papers: None) -> None:
    with app.app_context(), force_locale("fr"):
        content = written(paper.write, [(f"Client {number}", 100, 1) for number in range(90)])
    assert content.startswith(b"%PDF-") and len(content) > 5_000


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1:1/x.css">',
        '<style>@import url("http://127.0.0.1:1/x.css"); p { background: url(file:///x) }</style>',
        '<img src="data:image/png;base64,AAAA"><object data="ftp://127.0.0.1/x"></object>',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
    ],
)
def test_a_paper_fetches_nothing_whatever_it_names(
    papers: None, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import urllib.request

    def opened(*_args: object, **_options: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", opened)
    content = render(f"<html><head></head><body>{hostile}</body></html>")
    assert content.startswith(b"%PDF-") and b"root:" not in content


def test_words_of_clients_are_no_markup_on_paper(app: Flask, papers: None) -> None:
    with app.app_context(), force_locale("fr"):
        html = app.jinja_env.get_template("exports/paper.html").render(
            locale="fr", sheet=make_sheet(), rows=[["<img src=x>", "1", "1", "d", "2"]], sums=[""] * 5,
            printed_at=local(now()),
        )  # fmt: skip
    assert "&lt;img" in html and "<img" not in html
