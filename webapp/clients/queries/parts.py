"""The parts of one client's sheet, inside the actor's scope."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients.models import Address, BankAccount, Contact, Document, Reference, Signatory
from webapp.clients.policy import may_read_document
from webapp.clients.queries.finding import find_client, get_client
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.users.actor import Actor

MISSING = _l("Introuvable. Cela n’existe pas, ou a été retiré de la fiche.")
MODELS: dict[str, Any] = {
    "contacts": Contact,
    "addresses": Address,
    "references": Reference,
    "signatories": Signatory,
    "bank-accounts": BankAccount,
    "documents": Document,
}
# What people look for first stands first.
_ORDERS: dict[str, tuple[Any, ...]] = {
    "contacts": (Contact.preferred.desc(), Contact.name, Contact.id),
    "addresses": (Address.kind, Address.id),
    "documents": (Document.created_at.desc(), Document.id.desc()),
}


def list_parts(client_id: uuid.UUID, part: str) -> list[Any]:
    """Rows of one part of a client already known to be in scope. Bank accounts: show the mask only."""
    model = MODELS[part]
    query = select(model).where(model.client_id == client_id)
    return list(db.session.scalars(query.order_by(*_ORDERS.get(part, (model.id,)))))


def list_documents(actor: Actor, client_id: uuid.UUID) -> list[Document]:
    """Documents on a client already known to be in scope, without those behind the wall."""
    return [each for each in list_parts(client_id, "documents") if may_read_document(actor, each.kind)]


def get_part(actor: Actor, client_id: uuid.UUID, part: str, part_id: uuid.UUID) -> Any:
    """One row of a part, or NotFound: of another client, out of scope, behind the wall, or gone."""
    client = get_client(actor, client_id)
    found = db.session.get(MODELS[part], part_id)
    walled = part == "documents" and found is not None and not may_read_document(actor, found.kind)
    if found is None or found.client_id != client.id or walled:
        raise NotFound(MISSING)
    return found


def find_document(actor: Actor, document_id: uuid.UUID) -> Document | None:
    """A document on a client in the actor's scope that the actor may read."""
    found = db.session.get(Document, document_id)
    if found is None or not may_read_document(actor, found.kind):
        return None
    return found if find_client(actor, found.client_id) is not None else None
