"""Reading a cursor back: it came from outside, so every part is checked before a query sees it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from webapp.core.api import decode_cursor
from webapp.core.errors import Invalid
from webapp.core.plain_text import text_fault

Reader = Callable[[object], object]
_LARGEST = 2**63 - 1


def as_id(value: object) -> uuid.UUID:
    """A UUID, or ValueError."""
    return uuid.UUID(str(value))


def as_number(value: object) -> int:
    """A whole number a database can hold, or ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise ValueError("not a number")
    return value


def as_day(value: object) -> date:
    """A calendar day, or ValueError."""
    return date.fromisoformat(str(value))


def as_instant(value: object) -> datetime:
    """An aware instant, or ValueError."""
    instant = datetime.fromisoformat(str(value))
    if instant.tzinfo is None:
        raise ValueError("naive")
    return instant


def as_text(value: object) -> str:
    """Text a database can compare with, or ValueError."""
    if not isinstance(value, str) or text_fault(value) is not None:
        raise ValueError("not a text")
    return value


def read_cursor(text: str | None, shape: Sequence[Reader]) -> tuple[object, ...] | None:
    """The position a cursor holds, one value for each reader; None for the first page.

    Raises Invalid when it was not made by `encode_cursor` for a list of this shape.
    """
    position = decode_cursor(text, len(shape))
    if position is None:
        return None
    try:
        return tuple(read(value) for read, value in zip(shape, position, strict=True))
    except (ValueError, OverflowError):
        raise Invalid(errors={"cursor": _l("Ce curseur n’est pas valable.")}) from None
