"""Many rows into one table at the database's own pace, inside the running transaction.

COPY on PostgreSQL, one prepared statement on SQLite. Neither the unit of work nor the ORM sees the
rows: callers expire what they had read.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    String,
    Table,
    any_,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from webapp.core.clock import UtcDateTime
from webapp.extensions import db

if TYPE_CHECKING:
    import polars

CHUNK = 10_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
Convert = Callable[[Any], Any]


def write_rows(table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows of plain values in the order of `columns`; returns how many.

    Columns left out are NULL: defaults of the model do not apply. Rows may be a generator; CHUNK
    of them are held at a time. Raises DBAPIError when the table refuses a row.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    converters = [_converter(table.c[name], dialect) for name in columns]
    write = _copy if dialect.name == "postgresql" else _insert
    source, count = iter(rows), 0
    while chunk := list(islice(source, CHUNK)):
        converted = [
            list(map(convert, values)) if convert else values
            for convert, values in zip(converters, zip(*chunk, strict=True), strict=True)
        ]
        write(connection, table, columns, list(zip(*converted, strict=True)))
        count += len(chunk)
    return count


def write_frame(table: Table, frame: polars.DataFrame) -> int:
    """Insert the rows of a frame whose columns are named as the table's; returns how many.

    Ids are their 32 hexadecimal digits, days Date, instants Datetime in UTC, the rest as it is; no value
    passes through Python on its way to COPY. Columns left out are NULL. Raises DBAPIError like `write_rows`.
    """
    import polars as pl

    connection = db.session.connection()
    write = _copy_frame if connection.dialect.name == "postgresql" else _insert_frame
    for piece in frame.iter_slices(CHUNK):
        write(connection, table, piece, pl.selectors)
    return frame.height


def _copy_frame(connection: Connection, table: Table, frame: polars.DataFrame, chosen: Any) -> None:
    instants = chosen.datetime().dt.to_string("%Y-%m-%d %H:%M:%S%.6f+00")
    target = io.BytesIO()
    frame.with_columns(instants).write_csv(
        target, include_header=False, null_value="\\N", quote_style="non_numeric"
    )
    target.seek(0)
    _copy_from(connection, table, frame.columns, target, " WITH (FORMAT csv, NULL '\\N')")


def _insert_frame(connection: Connection, table: Table, frame: polars.DataFrame, chosen: Any) -> None:
    days, instants = (
        chosen.date().dt.to_string("%Y-%m-%d"),
        chosen.datetime().dt.to_string("%Y-%m-%d %H:%M:%S%.6f"),
    )
    plain = frame.with_columns(days, instants, chosen.boolean().cast(int))
    _insert(connection, table, frame.columns, plain.rows())


def spare_memory() -> None:
    """Before very many rows: SQLite no longer maps the file into this process on this connection.

    What is written would all be counted as its memory. Call it before anything else in the transaction.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA mmap_size=0")


def among(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """`column` is one of many texts: one parameter for all of them, whatever their number."""
    if db.session.connection().dialect.name == "postgresql":
        found: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(String)))
        return found
    each = func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
    within: ColumnElement[bool] = column.in_(select(literal_column("value")).select_from(each))
    return within


def analyze(*tables: Table) -> None:
    """Let the planner count again what a bulk write changed; everything, or these tables."""
    connection = db.session.connection()
    for name in [f'"{table.name}"' for table in tables] or [""]:
        connection.exec_driver_sql(f"ANALYZE {name}")


def _converter(column: Column[Any], dialect: Dialect) -> Convert | None:
    """What SQLAlchemy would do to a value of this column; days and instants repeat, so they are kept."""
    kind = column.type.dialect_impl(dialect)
    convert: Convert | None = kind.bind_processor(dialect)
    if convert is not None and isinstance(column.type, (Date, UtcDateTime)):
        return lru_cache(maxsize=4_096)(convert)
    return convert


def _insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # nosec B608 # our own names
    connection.exec_driver_sql(statement, list(rows))


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    text = io.StringIO("".join("\t".join(map(_field, row)) + "\n" for row in rows))
    _copy_from(connection, table, columns, text)


def _copy_from(
    connection: Connection, table: Table, columns: Sequence[str], source: io.IOBase, options: str = ""
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f'COPY "{table.name}" ({names}) FROM STDIN{options}'
    cursor: Any = connection.connection.cursor()
    try:
        cursor.copy_expert(statement, source)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


def _field(value: Any) -> str:
    """A value in COPY's text form."""
    if value is None:
        return "\\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)
