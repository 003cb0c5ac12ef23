"""Rows between the check and the books: some thousand to a chunk, column by column, compressed.

A chunk is an Arrow frame: `line`, `outcome`, a column for each thing the kind of file can say (null where
a row says nothing), and `before` and `errors` as JSON. Reading opens only chunks that hold what is wanted.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
import polars as pl
from sqlalchemy import delete, func, insert, select

from webapp.extensions import db
from webapp.imports.columns import fields_of
from webapp.imports.models import ImportChunk

TYPES: dict[str, Any] = {"date": pl.Date, "amount": pl.Int64}
# What the importer adds to what a row says.
ADDED: dict[str, Any] = {
    "due_computed": pl.Boolean,
    "due_on": pl.Date,
    "settled_on": pl.Date,
    "rate": pl.Int64,
    **dict.fromkeys(
        ("role", "kind", "client_name", "siren", "siret", "vat_number", "branch", "sales_rep"), pl.String
    ),
}


@dataclass
class StagedRow:
    """A row of the file and what it would do: created, updated, unchanged, skipped, refused.

    `values` and `before` are under the importer's field names, days as ISO texts.
    """

    line: int
    outcome: str
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    errors: list[dict[str, Any]] | None = None


def schema_of(kind: str) -> dict[str, Any]:
    """Columns of a chunk of that kind of file, and their types."""
    said = {each.name: TYPES.get(each.kind, pl.String) for each in fields_of(kind)}
    return {
        "line": pl.UInt32,
        "outcome": pl.String,
        **said,
        **ADDED,
        "before": pl.String,
        "errors": pl.String,
    }


def frame_of(kind: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """A chunk of rows given as column -> value; `before` and `errors` become JSON."""
    dumped = [
        {
            **row,
            "before": orjson.dumps(row["before"]).decode() if row.get("before") else None,
            "errors": orjson.dumps(row["errors"]).decode() if row.get("errors") else None,
        }
        for row in rows
    ]
    return pl.DataFrame(dumped, schema=schema_of(kind))


def stage(import_id: uuid.UUID, number: int, frame: pl.DataFrame) -> None:
    """Keep a chunk, in the running transaction; its rows are in the order of the file."""
    body = io.BytesIO()
    frame.write_ipc(body, compression="zstd")
    counts = dict(frame["outcome"].value_counts().iter_rows())
    last: Any = frame["line"].max()
    values = {"number": number, "last_line": last, "counts": counts, "body": body.getvalue()}
    db.session.execute(insert(ImportChunk).values(import_id=import_id, **values))


def end_of(import_id: uuid.UUID) -> tuple[int, int]:
    """The last line staged, and the number of the chunk that comes next."""
    line, number = db.session.execute(
        select(func.max(ImportChunk.last_line), func.max(ImportChunk.number)).where(
            ImportChunk.import_id == import_id
        )
    ).one()
    return line or 0, 0 if number is None else number + 1


def clear(import_id: uuid.UUID) -> None:
    """Forget what was staged."""
    db.session.execute(delete(ImportChunk).where(ImportChunk.import_id == import_id))


def frames(
    import_id: uuid.UUID, outcomes: Sequence[str], after: int = 0, columns: Sequence[str] | None = None
) -> Iterator[pl.DataFrame]:
    """Rows with these outcomes below line `after`, a chunk at a time, in the order of the file."""
    heads = db.session.execute(
        select(ImportChunk.number, ImportChunk.counts)
        .where(ImportChunk.import_id == import_id, ImportChunk.last_line > after)
        .order_by(ImportChunk.number)
    ).all()
    for number, counts in heads:
        if not any(counts.get(outcome) for outcome in outcomes):
            continue
        body = db.session.scalars(
            select(ImportChunk.body).where(ImportChunk.import_id == import_id, ImportChunk.number == number)
        ).one()
        wanted = list(dict.fromkeys(["line", "outcome", *columns])) if columns else None
        frame = pl.read_ipc(io.BytesIO(body), columns=wanted)
        found = frame.filter(pl.col("outcome").is_in(list(outcomes)) & (pl.col("line") > after))
        if found.height:
            yield found


def rows_of(frame: pl.DataFrame) -> Iterator[StagedRow]:
    """The rows of a chunk, one by one."""
    for row in frame.iter_rows(named=True):
        before, errors = row.pop("before"), row.pop("errors")
        line, outcome = row.pop("line"), row.pop("outcome")
        values = {name: _iso(value) for name, value in row.items() if value not in (None, False)}
        yield StagedRow(
            line,
            outcome,
            values,
            orjson.loads(before) if before else None,
            orjson.loads(errors) if errors else None,
        )


def first_rows(import_id: uuid.UUID, outcomes: Sequence[str], limit: int, after: int = 0) -> list[StagedRow]:
    """At most `limit` rows with these outcomes below line `after`."""
    found: list[StagedRow] = []
    for frame in frames(import_id, outcomes, after):
        found += rows_of(frame.head(limit - len(found)))
        if len(found) >= limit:
            break
    return found


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
