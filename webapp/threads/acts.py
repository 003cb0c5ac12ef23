"""Acts shown in a thread: what each kind of card needs. Features above register theirs at start.

A card is made for its reader, at reading: two people may see different buttons, and never what they
may not see. The message holds only which act it shows.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.users.actor import Actor


@dataclass(frozen=True)
class ActKind:
    """`cards(actor, ids)` reads many at once, in a constant number of queries: what the actor may not
    see is missing. `template` draws one, given as `card`."""

    kind: str
    template: str
    cards: Callable[[Actor, Sequence[uuid.UUID]], Mapping[uuid.UUID, Any]]


@dataclass(frozen=True)
class Card:
    """One act as its reader sees it."""

    template: str
    content: Any


_kinds: dict[str, ActKind] = {}


def register(kind: ActKind) -> None:
    """Make a kind of act something a thread can show."""
    _kinds[kind.kind] = kind


Known = Mapping[str, Mapping[uuid.UUID, Any]]


def read_cards(
    actor: Actor, acts: Iterable[tuple[str, uuid.UUID]], known: Known | None = None
) -> dict[uuid.UUID, Card]:
    """Cards of these acts (kind, id) by id; one reading a kind, of those not `known` (by kind and id, as
    this actor sees them). Unknown kinds have no card."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for kind, act_id in acts:
        wanted.setdefault(kind, set()).add(act_id)
    cards: dict[uuid.UUID, Card] = {}
    for name, ids in wanted.items():
        kind_of = _kinds.get(name)
        if kind_of is not None:
            found = {act_id: each for act_id, each in (known or {}).get(name, {}).items() if act_id in ids}
            left = [act_id for act_id in ids if act_id not in found]
            found |= kind_of.cards(actor, left) if left else {}
            cards |= {act_id: Card(kind_of.template, content) for act_id, content in found.items()}
    return cards
