"""Pure decisions about uploads that come in pieces, by the protocol tus 1.0 (https://tus.io/protocols).

Nothing here touches a disk: sizes and instants are passed in.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from email.utils import format_datetime

VERSION = "1.0.0"
EXTENSIONS = ("creation", "expiration", "termination")
PIECE = "application/offset+octet-stream"
KEPT = timedelta(days=7)  # since the last piece: a weekend without a network, and more
MOST_UNFINISHED = 100  # of one person
LONGEST_METADATA = 4096


def whole_number(text: str | None) -> int | None:
    """The number a header says; None when it says none (signs, spaces and other digits included)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def metadata(header: str) -> dict[str, str]:
    """What `Upload-Metadata` says: comma-separated keys, each with a value in base64, or none.

    Raises ValueError when it is not that.
    """
    said: dict[str, str] = {}
    if len(header) > LONGEST_METADATA:
        raise ValueError("too long")
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        if key in said:
            raise ValueError("twice the same key")
        try:
            said[key] = base64.b64decode(value, validate=True).decode()
        except binascii.Error as error:
            raise ValueError("not base64") from error
    return said


def piece_fault(*, length: int, stands_at: int, offset: int, weight: int) -> str | None:
    """Why a piece cannot be put where it says: `moved` when it does not start where the upload stands,
    `beyond` when it would reach beyond its end. None when it can."""
    if offset != stands_at:
        return "moved"
    return "beyond" if offset + weight > length else None


def too_many(*, unfinished: int, promised: int, loose: int, length: int, quota: int) -> bool:
    """May one person begin no more? `promised` bytes are announced, `loose` ones lie about already."""
    return unfinished >= MOST_UNFINISHED or promised + loose + length > quota


def expires_at(last_piece_at: datetime) -> datetime:
    """When an upload that got no further is forgotten."""
    return last_piece_at + KEPT


def http_date(instant: datetime) -> str:
    """An instant in UTC as HTTP headers write it."""
    return format_datetime(instant, usegmt=True)
