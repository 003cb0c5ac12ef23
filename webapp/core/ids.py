"""Identifiers: UUIDv7, so that keys made later sort later and indexes stay compact."""

from __future__ import annotations

import uuid
from datetime import datetime

import uuid_utils
import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()


def earliest_id(instant: datetime) -> uuid.UUID:
    """An id that sorts before all those made from that instant on."""
    return uuid.UUID(int=int(instant.timestamp() * 1000) << 80)


def parse_id(text: object) -> uuid.UUID | None:
    """The UUID written in `text`, or None when it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def new_hexes(count: int) -> list[str]:
    """The digits of as many fresh UUIDv7, in their order."""
    return [uuid_utils.uuid7().hex for _each in range(count)]
