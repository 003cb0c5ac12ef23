"""Who belongs together: clients that share a SIREN, and those linked by hand as parent and subsidiary."""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select

from webapp.clients.models import Client
from webapp.extensions import db

MOST_MEMBERS = 200


def group_of(client: Client) -> list[uuid.UUID]:
    """Ids of the whole group of a client, itself first, unscoped: what is shown of it is scoped.

    One query for each step away from it, at most MOST_MEMBERS members.
    """
    known: dict[uuid.UUID, None] = {client.id: None}
    sirens, edge = {client.siren} - {None}, {client.id}
    parents = {client.parent_id} - {None}
    while edge and len(known) < MOST_MEMBERS:
        near = or_(Client.parent_id.in_(edge), Client.id.in_(parents), Client.siren.in_(sirens))
        rows = db.session.execute(
            select(Client.id, Client.siren, Client.parent_id)
            .where(near, Client.merged_into_id.is_(None), Client.id.not_in(known))
            .order_by(Client.sort_name)
            .limit(MOST_MEMBERS)
        ).all()
        edge = {row.id for row in rows}
        sirens = {row.siren for row in rows} - {None}
        parents = {row.parent_id for row in rows} - {None}
        known |= dict.fromkeys(row.id for row in rows)
    return list(known)


def ancestors_of(client: Client) -> set[uuid.UUID]:
    """Ids of its parent, its parent's parent and so on."""
    found: set[uuid.UUID] = set()
    while client.parent_id is not None and client.parent_id not in found:
        found.add(client.parent_id)
        client = db.session.get_one(Client, client.parent_id)
    return found
