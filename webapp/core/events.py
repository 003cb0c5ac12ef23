"""Events: what happened, told to those above without knowing them.

A service calls `record(event)`. `unit_of_work` runs `before_commit` subscribers inside the
transaction (what must happen becomes a row) and `after_commit` subscribers once it is durable
(what is only a hint, such as a socket emit). Events are frozen dataclasses holding ids.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from webapp.core.offload import give_way
from webapp.extensions import db

log = logging.getLogger(__name__)
Subscriber = Callable[[Any], None]
_before: dict[type, list[Subscriber]] = {}
_after: dict[type, list[Subscriber]] = {}
_EVENTS = "encours.events"


def record(event: object) -> None:
    """Note that something happened in the running transaction; a rollback forgets it."""
    db.session.info.setdefault(_EVENTS, []).append(event)


def before_commit(*types: type) -> Callable[[Subscriber], Subscriber]:
    """Run the function inside the transaction for each such event; its failure undoes the act."""
    return _registrar(_before, types)


def after_commit(*types: type) -> Callable[[Subscriber], Subscriber]:
    """Run the function once the act is durable; its failure is logged and harms nobody."""
    return _registrar(_after, types)


def _registrar(
    table: dict[type, list[Subscriber]], types: tuple[type, ...]
) -> Callable[[Subscriber], Subscriber]:
    def register(function: Subscriber) -> Subscriber:
        for kind in types:
            listeners = table.setdefault(kind, [])
            if function not in listeners:
                listeners.append(function)
        return function

    return register


def drain_before() -> list[object]:
    """Deliver recorded events to `before_commit` subscribers until none is left; return all."""
    done: list[object] = []
    while pending := db.session.info.pop(_EVENTS, []):
        for event in pending:
            for listener in _before.get(type(event), []):
                listener(event)
            done.append(event)
    return done


def forget() -> None:
    """Drop what a transaction recorded: it was rolled back."""
    db.session.info.pop(_EVENTS, None)


def deliver_after(events: list[object]) -> None:
    """Hand durable events to `after_commit` subscribers, each protected from the others: first those whose
    class is `urgent`, which leave before the rest are told as they happened."""
    urgent = [event for event in events if _is_urgent(event)]
    for event in urgent:
        _deliver(event)
    if urgent:
        give_way()
    for event in events:
        if not _is_urgent(event):
            _deliver(event)


def _is_urgent(event: object) -> bool:
    return bool(getattr(event, "urgent", False))


def _deliver(event: object) -> None:
    for listener in _after.get(type(event), []):
        try:
            listener(event)
        except Exception:
            log.exception("after-commit subscriber %s failed", listener.__qualname__)
            db.session.rollback()
