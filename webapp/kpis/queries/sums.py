"""Sums by bucket, written once for every source they are taken from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, literal, literal_column

NOTHING: ColumnElement[int] = literal_column("0")  # written out, so that partial indexes serve
_BIG = BigInteger()


def sums(dated: Any, owed: Any, credit: Any, value: Any, since: Sequence[date]) -> list[Any]:
    """Seven sums: each bucket of what is `owed`, by the date in `dated`, then credits."""
    found = []
    for place in range(len(since) + 1):
        within = [owed]
        if place < len(since):
            within.append(dated >= literal(since[place], dated.type))
        if place > 0:
            within.append(dated < literal(since[place - 1], dated.type))
        found.append(_sum(value, *within))
    return [*found, _sum(value, credit)]


def _sum(value: Any, *within: Any) -> Any:
    return cast(func.coalesce(func.sum(value).filter(*within), NOTHING), _BIG)
