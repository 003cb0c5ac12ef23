"""CSV as French spreadsheets open it: UTF-8 with BOM, semicolons, decimals by choice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from webapp.exports.definitions import Column
from webapp.exports.rules import day_text, decimal_text, neutral
from webapp.exports.writers import Sheet, Tick


def write(target: IO[bytes], sheet: Sheet, pages: Iterable[Sequence[Any]], tick: Tick) -> None:
    """A line of heads, then one a row. No totals: the file is read by programs."""
    stream = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    out = csv.writer(stream, delimiter=";")
    out.writerow([neutral(str(column.label)) for column in sheet.columns])
    for row in sheet.passing(pages, tick):
        out.writerow([cell(column, row, sheet.decimals) for column in sheet.columns])
    stream.flush()
    stream.detach()


def cell(column: Column, row: Any, decimals: str) -> str:
    """What stands in a cell. Figures stay figures; only words are neutralised."""
    value = column.value(row)
    if value is None:
        return ""
    if column.kind == "money":
        return decimal_text(value, column.digits(row), "." if decimals == "iso" else ",")
    if column.kind == "day":
        return day_text(value, decimals)
    if column.kind in ("number", "percent"):
        return str(value)
    return neutral(str(value))
