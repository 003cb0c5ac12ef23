"""Many rows into one table at the database's own pace, inside the running transaction.

COPY on PostgreSQL, one prepared statement on SQLite. Neither the unit of work nor the ORM sees the
rows: callers expire what they had read.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Date, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from webapp.core.clock import UtcDateTime
from webapp.extensions import db

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


def analyze() -> None:
    """Let the planner count again what a bulk write changed."""
    db.session.connection().exec_driver_sql("ANALYZE")


def _converter(column: Column[Any], dialect: Dialect) -> Convert | None:
    """What SQLAlchemy would do to a value of this column; days and instants repeat, so they are kept."""
    kind = column.type.dialect_impl(dialect)
    convert: Convert | None = kind.bind_processor(dialect)
    if convert is not None and isinstance(column.type, (Date, UtcDateTime)):
        return lru_cache(maxsize=4_096)(convert)
    return convert


def _insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # nosec B608 # our own names
    connection.exec_driver_sql(statement, rows)


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    text = io.StringIO("".join("\t".join(map(_field, row)) + "\n" for row in rows))
    statement = f'COPY "{table.name}" ({names}) FROM STDIN'
    cursor: Any = connection.connection.cursor()
    try:
        cursor.copy_expert(statement, text)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


def _field(value: Any) -> str:
    """A value in COPY's text form."""
    if value is None:
        return "\\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)
