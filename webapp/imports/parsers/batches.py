"""Rows of delimited text many at a time, as a frame of texts.

Where nothing in a block needs a reader of CSV (no quote, no odd line end) its lines are cut at once;
from the first block that does, the rest of the file goes through `csv`. Both give the same rows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TextIO

import polars as pl

from webapp.imports.parsers.csv import (
    LONGEST_CELL,
    LONGEST_LINE,
    MAX_ROWS,
    Dialect,
    Row,
    fitted,
    lines_of,
    raw_rows,
    text_of,
)
from webapp.imports.parsers.source import Source, Unreadable

BLOCK = 2_000_000  # characters
ROWS = 30_000
# What str.strip, str.splitlines or csv take for more than a character, but polars does not.
_ODD = re.compile(r'["\x0b\x0c\x1c-\x1f]|\r(?!\n)')


@dataclass
class Batch:
    """Rows in the order of the file: `table` holds `line` and a column of texts a field; `odd` are those
    whose cells cannot be trusted."""

    table: pl.DataFrame
    odd: list[Row] = field(default_factory=list)

    @property
    def height(self) -> int:
        return self.table.height + len(self.odd)


def read_batches(
    source: Source, dialect: Dialect, index: Mapping[str, int], limit: int = MAX_ROWS
) -> Iterator[Batch]:
    """The rows under the header, blank ones left out; `index` says in which cell a field stands.

    Raises Unreadable as `csv.read_rows` does.
    """
    count = 0
    with text_of(source, dialect.encoding) as stream:
        for batch in _batches(stream, dialect, index):
            count += batch.height
            if count > limit:
                raise Unreadable("too_many_rows", limit=limit)
            if batch.height:
                yield batch
    if count == 0:
        raise Unreadable("header_only")


def _batches(stream: TextIO, dialect: Dialect, index: Mapping[str, int]) -> Iterator[Batch]:
    line = 0
    while block := stream.read(BLOCK):
        block += stream.readline(LONGEST_LINE) if block[-1] != "\n" else ""
        lines = block.replace("\r\n", "\n").split("\n")
        plain = (
            dialect.delimiter != " " and not _ODD.search(block) and len(max(lines, key=len)) < LONGEST_CELL
        )
        if not plain or (line == 0 and lines[0][:4].lower() == "sep="):
            yield from _careful(_rest(block, stream, line), line, dialect, index)
            return
        if lines[-1] == "":
            lines.pop()
        yield _cut(lines, line, dialect, index)
        line += len(lines)


def _rest(block: str, stream: TextIO, before: int) -> Iterator[str]:
    """What was read and not cut, then what follows."""
    for text in lines_of(io.StringIO(block, newline=""), before):
        before += 1
        yield text
    yield from lines_of(stream, before)


def _cut(lines: list[str], before: int, dialect: Dialect, index: Mapping[str, int]) -> Batch:
    """Lines without quotes: a cell ends at each delimiter."""
    mark, width = dialect.delimiter, len(dialect.headers)
    frame = pl.DataFrame({"text": lines}).with_row_index("line", offset=before + 1)
    text = pl.col("text")
    blank = text.str.replace_all(mark, " ", literal=True).str.strip_chars() == ""
    frame = frame.filter((pl.col("line") > dialect.header_line) & ~blank)
    fits = text.str.count_matches(mark, literal=True) + 1 == width
    odd = []
    for line, whole in frame.filter(~fits).iter_rows():
        odd.append(fitted(line, whole.split(mark), None, dialect))
    cells = frame.filter(fits).select("line", text.str.split_exact(mark, width - 1).alias("cells"))
    table = cells.select(
        "line",
        *(pl.col("cells").struct.field(f"field_{place}").alias(name) for name, place in index.items()),
    )
    return _with_trusted(table, odd, index)


def _careful(
    lines: Iterator[str], before: int, dialect: Dialect, index: Mapping[str, int]
) -> Iterator[Batch]:
    rows = raw_rows(lines, dialect.delimiter, before)
    while piece := list(islice(rows, ROWS)):
        fit = [
            fitted(line, cells, fault, dialect)
            for line, cells, fault in piece
            if line > dialect.header_line and (fault is not None or any(cell.strip() for cell in cells))
        ]
        yield _with_trusted(_table([], index), fit, index)


def _with_trusted(table: pl.DataFrame, rows: list[Row], index: Mapping[str, int]) -> Batch:
    """The batch with those of `rows` that have no fault among the others."""
    good = [row for row in rows if row.fault is None]
    if good:
        table = pl.concat([table, _table(good, index)]).sort("line")
    return Batch(table, [row for row in rows if row.fault is not None])


def _table(rows: list[Row], index: Mapping[str, int]) -> pl.DataFrame:
    columns: dict[str, list[object]] = {"line": [row.line for row in rows]}
    columns |= {name: [row.cells[place] for row in rows] for name, place in index.items()}
    return pl.DataFrame(columns, schema={"line": pl.UInt32, **dict.fromkeys(index, pl.String)})
