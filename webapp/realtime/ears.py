"""What this process broadcasts, whether it happened here or in a process without sockets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from webapp.core.events import after_commit
from webapp.extensions import db

log = logging.getLogger(__name__)
Listener = Callable[[Any], None]
_listeners: dict[type, list[Listener]] = {}


def hears(*types: type) -> Callable[[Listener], Listener]:
    """Call the function after the commit of each such event, here or elsewhere."""

    def register(function: Listener) -> Listener:
        after_commit(*types)(function)
        for kind in types:
            _listeners.setdefault(kind, []).append(function)
        return function

    return register


def deliver(event: object) -> None:
    """An event of another process, to the sockets of this one."""
    for listener in _listeners.get(type(event), []):
        try:
            listener(event)
        except Exception:
            log.exception("broadcast %s failed", listener.__qualname__)
            db.session.rollback()
