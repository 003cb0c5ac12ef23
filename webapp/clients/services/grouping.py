"""Linking clients as parent and subsidiary."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients import queries
from webapp.clients.events import ClientsChanged
from webapp.clients.models import Client
from webapp.clients.policy import may_write
from webapp.clients.queries.groups import ancestors_of
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.models import Company


def link_client(actor: Actor, client_id: uuid.UUID, parent_ref: str) -> Client:
    """Make the client a subsidiary of the one with that reference.

    Raises NotFound, Forbidden, and Invalid (`parent_ref`) for an unknown parent or a circle.
    Events: ClientsChanged for both.
    """
    client = _writable(actor, client_id)
    try:
        parent = queries.get_client_by_ref(actor, parent_ref.strip())
    except NotFound:
        raise Invalid(errors={"parent_ref": _l("Aucun client n’a cette référence.")}) from None
    if parent.id == client.id or client.id in ancestors_of(parent):
        raise Invalid(errors={"parent_ref": _l("Ce client dépend déjà de celui-ci.")})
    if client.parent_id != parent.id:
        _set_parent(actor, client, parent.id)
    return client


def unlink_client(actor: Actor, client_id: uuid.UUID) -> Client:
    """Take the client out of its parent's group. Raises NotFound, Forbidden. Events: ClientsChanged."""
    client = _writable(actor, client_id)
    if client.parent_id is not None:
        _set_parent(actor, client, None)
    return client


def _set_parent(actor: Actor, client: Client, parent_id: uuid.UUID | None) -> None:
    before, client.parent_id = client.parent_id, parent_id
    db.session.flush()
    changes = {"parent_id": [before, parent_id]}
    audit.write(actor, "client.link" if parent_id else "client.unlink", "client", client.id, changes=changes)
    record(ClientsChanged(tuple(dict.fromkeys(filter(None, (client.id, before, parent_id))))))


def _writable(actor: Actor, client_id: uuid.UUID) -> Client:
    """The client, once no other link is being made: two at once could close a circle."""
    client = queries.get_client(actor, client_id)
    if not may_write(actor):
        raise Forbidden(_l("Votre rôle ne modifie pas les fiches."))
    db.session.execute(select(Company.id).with_for_update())
    db.session.refresh(client)
    return client
