"""Adding, correcting and taking away parts of a sheet: contacts, addresses, references, signatories.

All parts have one life, so there is one verb for each step; documents and bank accounts add what
only they have (`documents.py`, `bank.py`).
"""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from webapp.clients import queries
from webapp.clients.events import ClientsChanged
from webapp.clients.models import Client, Contact
from webapp.clients.policy import may_write_part
from webapp.clients.queries.parts import MODELS, get_part
from webapp.core.clock import now
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor

SUBJECTS = {
    "contacts": "contact",
    "addresses": "address",
    "references": "reference",
    "signatories": "signatory",
    "bank-accounts": "bank_account",
    "documents": "document",
}


def writable(actor: Actor, client_id: uuid.UUID, part: str) -> Client:
    """The client, when the actor writes that part of its sheet. Raises NotFound, Forbidden."""
    client = queries.get_client(actor, client_id)
    if not may_write_part(actor, part):
        raise Forbidden(_l("Votre rôle ne modifie pas cette partie de la fiche."))
    return client


def add_part(
    actor: Actor,
    client_id: uuid.UUID,
    part: str,
    values: dict[str, Any],
    *,
    part_id: uuid.UUID | None = None,
) -> Any:
    """A new row of `part` with these values, already checked by its schema.

    Raises NotFound, Forbidden, Invalid. Events: ClientsChanged.
    """
    client = writable(actor, client_id, part)
    _check(part, values)
    row = MODELS[part](id=part_id or new_id(), client_id=client.id, **values)
    db.session.add(row)
    db.session.flush()
    _settle(row)
    tell(actor, client.id, part, "add", row.id, values=said(values))
    return row


def change_part(
    actor: Actor, client_id: uuid.UUID, part: str, part_id: uuid.UUID, values: dict[str, Any]
) -> Any:
    """Write these values over a row; nothing is told when nothing changed.

    Raises NotFound, Forbidden, Invalid. Events: ClientsChanged.
    """
    row = get_part(actor, client_id, part, part_id)
    writable(actor, client_id, part)
    _check(part, values)
    changes = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    if not changes:
        return row
    for name, (_before, value) in changes.items():
        setattr(row, name, value)
    row.updated_at = now()
    db.session.flush()
    _settle(row)
    tell(actor, client_id, part, "change", row.id, changes=changes)
    return row


def remove_part(actor: Actor, client_id: uuid.UUID, part: str, part_id: uuid.UUID) -> None:
    """Take a row away; what it said stays in the audit trail.

    Raises NotFound, Forbidden. Events: ClientsChanged.
    """
    row = get_part(actor, client_id, part, part_id)
    writable(actor, client_id, part)
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    db.session.delete(row)
    db.session.flush()
    tell(actor, client_id, part, "remove", part_id, values=said(values))


def said(values: dict[str, Any]) -> dict[str, Any]:
    """What the audit trail keeps of a row: never an account number."""
    hidden = {"id", "client_id", "created_at", "updated_at", "iban", "bic"}
    return {name: value for name, value in values.items() if name not in hidden and value is not None}


def tell(actor: Actor, client_id: uuid.UUID, part: str, verb: str, part_id: uuid.UUID, **more: Any) -> None:
    """The audit entry, on the client so that its timeline shows it, and the news for open sheets."""
    action = f"{SUBJECTS[part]}.{verb}"
    audit.write(actor, action, "client", client_id, **{SUBJECTS[part]: str(part_id)}, **more)
    record(ClientsChanged((client_id,)))


def _check(part: str, values: dict[str, Any]) -> None:
    """What one field alone does not say."""
    if part == "contacts" and not (values.get("phone") or values.get("email")):
        raise Invalid(errors={"phone": _l("Indiquez un téléphone ou une adresse e-mail.")})
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        raise Invalid(errors={"until": _l("La fin précède le début.")})


def _settle(row: Any) -> None:
    """At most one contact in a role is the preferred one: the last one said to be."""
    if isinstance(row, Contact) and row.preferred:
        db.session.execute(
            update(Contact)
            .where(Contact.client_id == row.client_id, Contact.role == row.role, Contact.id != row.id)
            .values(preferred=False)
        )
