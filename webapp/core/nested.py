"""Rows of a subquery as one column of the row they belong to: what would be a question more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Dialect, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Rows(TypeDecorator[tuple[tuple[Any, ...], ...]]):
    """Tuples of what JSON holds: numbers, texts and None as they were, ids as text that `uuid.UUID` reads,
    days as ISO text. Empty without rows."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[tuple[Any, ...], ...]:
        return tuple(map(tuple, value or ()))


class RowsOf(FunctionElement[Any]):
    """`select(RowsOf(a, b)).where(…).scalar_subquery()`: a tuple `(a, b)` for each row, in no order."""

    name = "rows_of"
    type = Rows()
    inherit_cache = True


@compiles(RowsOf, "sqlite")
def _sqlite(element: RowsOf, compiler: Any, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


@compiles(RowsOf, "postgresql")
def _postgresql(element: RowsOf, compiler: Any, **options: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **options)}))"
