"""Reads of clients, always inside the actor's scope."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients.models import Client, ClientAlias
from webapp.clients.policy import in_scope
from webapp.clients.rules import fold
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.users.actor import Actor

MISSING = _l("Fiche introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")


def find_client(actor: Actor, client_id: uuid.UUID) -> Client | None:
    return db.session.scalar(select(Client).where(Client.id == client_id, in_scope(actor)))


def get_client(actor: Actor, client_id: uuid.UUID) -> Client:
    """The client, or NotFound when it does not exist or is out of scope."""
    found = find_client(actor, client_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def get_client_by_ref(actor: Actor, ref: str) -> Client:
    """The client with that reference, or the one it was merged into; or NotFound."""
    query = select(Client).where(Client.ref == ref, in_scope(actor))
    found = None if "\x00" in ref else db.session.scalar(query)
    if found is not None and found.merged_into_id is not None:
        found = find_client(actor, survivor_of(found).id)
    if found is None:
        raise NotFound(MISSING)
    return found


def survivor_of(client: Client) -> Client:
    """The client that stands for a merged one, however often it was merged; itself otherwise."""
    while client.merged_into_id is not None:
        client = db.session.get_one(Client, client.merged_into_id)
    return client


def list_aliases(client_id: uuid.UUID) -> list[str]:
    """Other spellings of the client's name, in the order they were met."""
    query = select(ClientAlias.name).where(ClientAlias.client_id == client_id)
    return list(db.session.scalars(query.order_by(ClientAlias.id)))


def map_aliases(client_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Other spellings of several clients' names, unscoped, for bulk writers."""
    found: dict[uuid.UUID, list[str]] = {}
    query = select(ClientAlias.client_id, ClientAlias.name).where(ClientAlias.client_id.in_(client_ids))
    for client_id, name in db.session.execute(query.order_by(ClientAlias.id)):
        found.setdefault(client_id, []).append(name)
    return found


def map_by_ref(refs: Iterable[str]) -> dict[str, Client]:
    """Clients by reference, unscoped, for bulk writers; a merged reference leads to who stands for it."""
    wanted, found = list(dict.fromkeys(refs)), {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        for client in db.session.scalars(select(Client).where(Client.ref.in_(chunk))):
            found[client.ref] = survivor_of(client)
    return found


def list_choices(actor: Actor, text: str = "", limit: int = 30) -> list[Client]:
    """Clients to choose from by name; `text` is part of a name, reference or town."""
    query = select(Client).where(
        in_scope(actor), Client.archived_at.is_(None), Client.merged_into_id.is_(None)
    )
    for word in fold(text.replace("\x00", "")).split()[:4]:
        query = query.where(Client.search_text.contains(word, autoescape=True))
    return list(db.session.scalars(query.order_by(Client.sort_name, Client.id).limit(limit)))
