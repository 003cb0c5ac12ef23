"""Clients that look like one: the same SIREN, or the same name in the same town."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from webapp.clients.models import Client, Merge
from webapp.clients.policy import in_scope
from webapp.clients.rules import fold
from webapp.extensions import db
from webapp.users.actor import Actor

MOST_CANDIDATES = 400


@dataclass(frozen=True)
class Likeness:
    """Clients that may be one, oldest first, and why: `siren` or `name`."""

    reason: str
    clients: tuple[Client, ...]


def list_duplicates(actor: Actor) -> list[Likeness]:
    """Proposals inside the actor's scope, those with the same SIREN first. Two establishments of one
    company share a SIREN too: people decide."""
    live = (Client.archived_at.is_(None), in_scope(actor))
    twice = func.count() > 1
    sirens = select(Client.siren).where(*live, Client.siren.is_not(None)).group_by(Client.siren).having(twice)
    names = select(Client.sort_name).where(*live).group_by(Client.sort_name).having(twice)
    found = db.session.scalars(
        select(Client)
        .where(*live, or_(Client.siren.in_(sirens), Client.sort_name.in_(names)))
        .order_by(Client.id)
        .limit(MOST_CANDIDATES)
    ).all()
    return [*_alike("siren", found), *_alike("name", found)]


def _alike(reason: str, clients: Sequence[Client]) -> list[Likeness]:
    sets: dict[object, list[Client]] = {}
    for client in clients:
        key = client.siren if reason == "siren" else (client.sort_name, fold(client.city or ""))
        if key is not None:
            sets.setdefault(key, []).append(client)
    return [
        Likeness(reason, tuple(alike))
        for alike in sets.values()
        if len(alike) > 1 and not (reason == "name" and len({each.siren for each in alike} - {None}) == 1)
    ]


def list_merges(survivor_id: uuid.UUID) -> list[tuple[Merge, Client]]:
    """What was merged into a client already known to be in scope and can be taken back, newest first."""
    query = (
        select(Merge, Client)
        .join(Client, Client.id == Merge.loser_id)
        .where(Merge.survivor_id == survivor_id, Merge.undone_at.is_(None))
    )
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Merge.id.desc()))]
