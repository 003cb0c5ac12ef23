"""Acts a device may have written without a network: which kinds there are, and how each is judged.

A feature declares a kind beside its API, in one place:

    @replayed("promise.take", PromiseIn, path="/promises", stands=_standing, stale=("settled",))
    def take(act_id: UUID, values: dict[str, Any]) -> Any: ...

`webapp.sync` replays them: the function runs inside one unit of work, asks who acts of
`current_actor()` as an API handler does, and gives what the API would answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema

from webapp.core.api import PREFIX

Act = Callable[[uuid.UUID, dict[str, Any]], Any]


@dataclass(frozen=True)
class Line:
    """One fact in words: `Reste à régler`, `0,00 €`."""

    label: str
    text: str


@dataclass(frozen=True)
class Standing:
    """How the thing an act was about stands now, in the words of who asks."""

    kind: str
    id: uuid.UUID
    title: str
    url: str
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "id": str(self.id)}


Look = Callable[[dict[str, Any]], Standing | None]


@dataclass(frozen=True)
class Kind:
    """A kind of act. `stale` are the codes of refusals that mean that the thing changed meanwhile."""

    name: str
    schema: Schema
    act: Act
    path: str | None = None
    stands: Look | None = None
    stale: frozenset[str] = frozenset()

    def fingerprinted(self, payload: dict[str, Any]) -> object:
        """What makes two payloads the same act: through the API and from the outbox alike, when the
        kind has an address of its own."""
        return payload if self.path is None else [PREFIX + self.path, payload]


_kinds: dict[str, Kind] = {}
_written_at: ContextVar[datetime | None] = ContextVar("written_at", default=None)


def written_at() -> datetime | None:
    """When the act being replayed was written, on the server's clock; None when it is done right now."""
    return _written_at.get()


@contextmanager
def written(instant: datetime) -> Iterator[None]:
    """Within it an act was written at `instant`: what an act says of its own time is this, not now."""
    token = _written_at.set(instant)
    try:
        yield
    finally:
        _written_at.reset(token)


def replayed(
    name: str,
    schema: type[Schema],
    *,
    path: str | None = None,
    stands: Look | None = None,
    stale: tuple[str, ...] = (),
) -> Callable[[Act], Act]:
    """Let devices keep acts of this kind and send them later.

    The function gets the act's one UUID, which is the id of what it creates, and the checked payload.
    `path` is the API's address for the same act; `stands` shows the thing as it is now, beside what
    was written, when the act comes too late (a Conflict, or a refusal whose code is in `stale`).
    """

    def register(act: Act) -> Act:
        _kinds[name] = Kind(name, schema(), act, path, stands, frozenset(stale))
        return act

    return register


def find_kind(name: str) -> Kind | None:
    return _kinds.get(name)


def names() -> list[str]:
    """Every kind a device may keep."""
    return sorted(_kinds)
