"""Rows into files. Each writer takes pages and counts; none keeps more than it must."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from webapp.exports.definitions import Column

Tick = Callable[[int], None]


@dataclass
class Sheet:
    """What stands around the rows, and what is counted while they pass."""

    title: str
    columns: Sequence[Column]
    company: str
    day: date
    decimals: str = "fr"
    said: list[str] = field(default_factory=list)
    letter: list[str] = field(default_factory=list)
    rows: int = 0
    totals: dict[str, int] = field(default_factory=dict)

    def passing(self, pages: Iterable[Sequence[Any]], tick: Tick) -> Iterator[Any]:
        """The rows one by one, counted and added up; `tick` is told after each page."""
        summed = [column for column in self.columns if column.total]
        for page in pages:
            for row in page:
                for column in summed:
                    amount = column.value(row) or 0
                    self.totals[column.name] = self.totals.get(column.name, 0) + amount
                yield row
            self.rows += len(page)
            tick(self.rows)


Writer = Callable[[IO[bytes], Sheet, Iterable[Sequence[Any]], Tick], None]


def writer_of(format_: str) -> Writer:
    """The writer of a format; the heavy ones are loaded when first asked for."""
    if format_ == "csv":
        from webapp.exports.writers import text

        return text.write
    if format_ == "xlsx":
        from webapp.exports.writers import workbook

        return workbook.write
    from webapp.exports.writers import paper

    return paper.write
