"""PDF: A4, a head of the company, page numbers, totals. Nothing is ever fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from webapp.core import papers
from webapp.core.clock import local, now
from webapp.core.errors import Unavailable
from webapp.core.money import format_money
from webapp.core.offload import run_blocking
from webapp.core.pages import locale_name
from webapp.exports.definitions import Column
from webapp.exports.rules import day_text
from webapp.exports.writers import Sheet, Tick

MISSING = _l("Ce serveur ne fait pas de PDF : il lui manque la bibliothèque Pango.")


def write(target: IO[bytes], sheet: Sheet, pages: Iterable[Sequence[Any]], tick: Tick) -> None:
    """The rows as a table on paper. Raises Unavailable where the libraries are missing."""
    if not papers.available():
        raise Unavailable(MISSING)
    rows = [[cell(column, row) for column in sheet.columns] for row in sheet.passing(pages, tick)]
    # Without what pages are given: the worker serves nobody.
    templates = current_app.jinja_env
    html = templates.get_template("exports/paper.html").render(
        locale=locale_name(),
        sheet=sheet,
        rows=rows,
        sums=[_sum(sheet, column) for column in sheet.columns],
        printed_at=local(now()),
    )
    target.write(run_blocking(papers.render, html, templates.get_template("exports/paper.css").render()))


def cell(column: Column, row: Any) -> str:
    """What stands in a cell, as people read it."""
    value = column.value(row)
    if value is None:
        return ""
    if column.kind == "money":
        return format_money(value, column.currency(row), locale_name())
    if column.kind == "day":
        return day_text(value, "fr")
    return f"{value}\u00a0%" if column.kind == "percent" else str(value)


def _sum(sheet: Sheet, column: Column) -> str:
    if column.name not in sheet.totals:
        return ""
    return format_money(sheet.totals[column.name], "EUR", locale_name())
