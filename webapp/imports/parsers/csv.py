"""Delimited text: finds encoding, delimiter and header, then streams rows with their line numbers.

Memory does not grow with the file: one line is held at a time, and no line may pass LONGEST_LINE.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from webapp.imports.parsers.source import NAMES, Source, Unreadable, check_nature, find_encoding, open_bytes

DELIMITERS = (";", "\t", ",", "|")
LONGEST_LINE = 1_000_000
LONGEST_CELL = 100_000
MAX_ROWS = 2_000_000
LOOK_AHEAD = 60  # rows among which the header is looked for
MOST_COLUMNS = 500
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True)
class Dialect:
    """How a file is written, and the names of its columns (made unique, never empty)."""

    encoding: str
    delimiter: str
    newline: str
    header_line: int
    headers: tuple[str, ...]
    width: int  # cells of the header as written; trailing ones without name or value are not columns

    @property
    def encoding_name(self) -> str:
        return NAMES.get(self.encoding, self.encoding)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file. `fault` says why its cells cannot be trusted, None when they can."""

    line: int
    cells: tuple[str, ...]
    fault: str | None = None


def read_dialect(source: Source) -> Dialect:
    """Everything about the file but its rows. Raises Unreadable: what it is instead, or what lacks."""
    check_nature(source)
    encoding = find_encoding(source)
    lines, newline = _first_lines(source, encoding)
    delimiter = _delimiter(lines)
    first = [(line, cells) for line, cells, fault in raw_rows(iter(lines), delimiter) if fault is None]
    line, cells = _header(first)
    width = len(cells)
    while width > 1 and not cells[width - 1].strip() and not _used(first, line, width - 1):
        width -= 1
    return Dialect(encoding, delimiter, newline, line, _unique(cells[:width]), len(cells))


def read_rows(source: Source, dialect: Dialect, limit: int = MAX_ROWS) -> Iterator[Row]:
    """The rows under the header, blank ones left out. Raises Unreadable: `too_many_rows`, `header_only`."""
    count = 0
    with text_of(source, dialect.encoding) as stream:
        for line, cells, fault in raw_rows(lines_of(stream), dialect.delimiter):
            if line <= dialect.header_line or (fault is None and not any(cell.strip() for cell in cells)):
                continue
            count += 1
            if count > limit:
                raise Unreadable("too_many_rows", limit=limit)
            yield fitted(line, cells, fault, dialect)
    if count == 0:
        raise Unreadable("header_only")


def fitted(line: int, cells: list[str], fault: str | None, dialect: Dialect) -> Row:
    """The row with as many cells as there are columns; a different number is a fault."""
    wanted = len(dialect.headers)
    if fault is None and any(cell.strip() for cell in cells[wanted:]):
        fault = "too_many_cells"
    elif fault is None and len(cells) < wanted:
        fault = "too_few_cells"
    padded = cells[:wanted] + [""] * (wanted - len(cells))
    return Row(line, tuple(padded), fault)


def text_of(source: Source, encoding: str) -> TextIO:
    """The source as text, line ends as written; the caller closes it."""
    return io.TextIOWrapper(open_bytes(source), encoding=encoding, newline="")


def lines_of(stream: TextIO, before: int = 0) -> Iterator[str]:
    """Lines with their ends, as they are written. Raises Unreadable: `line_too_long`."""
    number = before
    while text := stream.readline(LONGEST_LINE):
        number += 1
        if len(text) == LONGEST_LINE and text[-1] not in "\r\n":
            raise Unreadable("line_too_long", line=number)
        yield text


def _first_lines(source: Source, encoding: str) -> tuple[list[str], str]:
    lines: list[str] = []
    with text_of(source, encoding) as stream:
        for text in lines_of(stream):
            lines.append(text)
            if len(lines) >= 400:
                break
    last = lines[0] if lines else ""
    newline = "CRLF" if last.endswith("\r\n") else "CR" if last.endswith("\r") else "LF"
    return lines, newline


def raw_rows(
    lines: Iterator[str], delimiter: str, before: int = 0
) -> Iterator[tuple[int, list[str], str | None]]:
    """(line where the row starts, cells, fault). A broken quote spoils its row, not the file.

    `before` lines of the file were read already.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter == " ")
    while True:
        start = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = "cell_too_long" if "limit" in str(error) else "broken_quotes"
            yield start, [], fault
            continue
        if start == 1 and re.fullmatch(r"sep=.?", delimiter.join(cells).strip(), re.IGNORECASE):
            continue
        yield start, cells, None


def _delimiter(lines: list[str]) -> str:
    """The separator that cuts the first lines most regularly into most cells."""
    hint = re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE) if lines else None
    if hint is not None and hint[1] in DELIMITERS:
        return hint[1]
    best, best_score = ",", 0.0
    for candidate in (*DELIMITERS, " "):
        widths = Counter(_widths(lines[:LOOK_AHEAD], candidate))
        regular = [(width, count) for width, count in widths.items() if width > 1]
        if not regular:
            continue
        width, count = max(regular, key=lambda pair: (pair[1], pair[0]))
        share = count / sum(widths.values())
        score = share * share * min(width, 40) * (0.3 if candidate == " " else 1)
        if candidate == " " and (share < 0.9 or width < 3 or best_score):
            continue
        if score > best_score * 1.0001:
            best, best_score = candidate, score
    return best


def _widths(lines: list[str], delimiter: str) -> Iterator[int]:
    for _line, cells, fault in raw_rows(iter(lines), delimiter):
        if fault is None and any(cell.strip() for cell in cells):
            yield len(cells)


def _header(rows: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The first row that fills most columns: titles and padding above it are not the header."""
    filled = [(line, cells, sum(1 for cell in cells if cell.strip())) for line, cells in rows]
    filled = [row for row in filled if row[2]]
    if not filled:
        raise Unreadable("empty")
    counts = Counter(count for _line, _cells, count in filled)
    usual = max(counts, key=lambda count: (counts[count], count))
    enough = max(min(2, usual), usual * 0.6)
    for line, cells, count in filled[:LOOK_AHEAD]:
        if count >= enough:
            if sum(_figure(cell) for cell in cells) * 2 >= count:
                raise Unreadable("no_header", line=line)
            if len(cells) > MOST_COLUMNS:
                raise Unreadable("too_many_columns", line=line, limit=MOST_COLUMNS)
            return line, cells
    return filled[0][0], filled[0][1]


def _figure(cell: str) -> bool:
    """Does a cell hold a number or a date, as a header never does (but for a year)?"""
    text = cell.strip()
    return bool(re.fullmatch(r"[-+]?[\d.,/:\s-]*\d[\d.,/:\s-]*", text)) and not re.fullmatch(
        r"(19|20)\d\d", text
    )


def _used(rows: list[tuple[int, list[str]]], header_line: int, index: int) -> bool:
    return any(line > header_line and len(cells) > index and cells[index].strip() for line, cells in rows)


def _unique(cells: list[str]) -> tuple[str, ...]:
    """Column names for people: trimmed, `colonne 3` where there is none, `(2)` where it repeats."""
    names: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        text = " ".join("".join(char for char in cell if char.isprintable() or char == "\n").split())
        base = name = text[:120] or f"colonne {number}"
        again = 2
        while name.casefold() in seen:
            name, again = f"{base} ({again})", again + 1
        seen.add(name.casefold())
        names.append(name)
    return tuple(names)
