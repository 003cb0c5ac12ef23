"""XLSX: amounts are numbers, days are dates, and words are words whatever they start with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import IO, Any

import xlsxwriter
from flask_babel import gettext as _

from webapp.exports.definitions import Column
from webapp.exports.rules import decimal_text
from webapp.exports.writers import Sheet, Tick

LONGEST = 32_767
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(target: IO[bytes], sheet: Sheet, pages: Iterable[Sequence[Any]], tick: Tick) -> None:
    """A sheet with frozen heads, one row each, and a last row of totals where there are any."""
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": sheet.title, "company": sheet.company})
        styles = _styles(book)
        page = book.add_worksheet()
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, str(column.label), styles["head"])
        line = 0
        for line, row in enumerate(sheet.passing(pages, tick), 1):
            for place, column in enumerate(sheet.columns):
                _write(page, line, place, column, row, styles)
        if sheet.totals:
            _write_totals(page, line + 1, sheet, styles)


def _styles(book: Any) -> dict[Any, Any]:
    """Words are marked as such: Excel then keeps `=1+1` a text even when somebody edits the cell."""
    return {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "text": book.add_format({"quote_prefix": True}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "number": book.add_format({"num_format": "0"}),
        "percent": book.add_format({"num_format": '0" %"'}),
        "sum": book.add_format({"bold": True, "top": 1}),
        **{f"money{digits}": book.add_format({"num_format": _pattern(digits)}) for digits in (0, 2, 3)},
        "sums": book.add_format({"bold": True, "top": 1, "num_format": _pattern(2)}),
    }


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _write(page: Any, line: int, place: int, column: Column, row: Any, styles: dict[Any, Any]) -> None:
    value = column.value(row)
    if value is None:
        return
    if column.kind == "money":
        digits = column.digits(row)
        page.write_number(line, place, float(decimal_text(value, digits)), styles[f"money{digits}"])
    elif column.kind == "day":
        page.write_datetime(line, place, datetime.combine(value, time()), styles["day"])
    elif column.kind in ("number", "percent"):
        page.write_number(line, place, value, styles[column.kind])
    else:
        page.write_string(line, place, str(value)[:LONGEST], styles["text"])


def _write_totals(page: Any, line: int, sheet: Sheet, styles: dict[Any, Any]) -> None:
    page.write_string(line, 0, _("Total"), styles["sum"])
    for place, column in enumerate(sheet.columns):
        if column.name in sheet.totals:
            page.write_number(line, place, float(decimal_text(sheet.totals[column.name], 2)), styles["sums"])
