"""JSON on the wire: orjson, with the standard library for what it refuses to read."""

from __future__ import annotations

import json
from typing import Any

import orjson
from socketio.packet import Packet


class PlainPacket(Packet):
    """What the server says holds no bytes (files travel by HTTP), so nothing is searched for them."""

    uses_binary_events = False


def dumps(value: object, **_options: object) -> str:
    """Socket.IO asks for text; UUIDs and dates are written as the API writes them."""
    return orjson.dumps(value, default=str).decode()


def loads(text: str | bytes, **_options: object) -> Any:
    """A lone surrogate is no reason to lose the connection: it is read here and refused by name."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)
