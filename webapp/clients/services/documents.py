"""Papers on a client: Kbis, signed terms of sale, stamp, mandate, with their file when there is one."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.clients.models import Document
from webapp.clients.policy import may_write_document
from webapp.clients.queries.parts import find_document, get_part
from webapp.clients.rules import WALLED_DOCUMENTS
from webapp.clients.services import parts
from webapp.core.errors import Forbidden, Invalid
from webapp.core.ids import new_id
from webapp.files import policy as files_policy
from webapp.files import services as files
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.fresh import require_fresh

SUBJECT = "client_document"


def add_document(actor: Actor, client_id: uuid.UUID, values: dict[str, Any]) -> Document:
    """A paper on the client; `file_id` names a stored file of the actor's that hangs on nothing.

    Signed terms of sale name their version and the day they were signed. Raises NotFound, Forbidden,
    Invalid. Events: ClientsChanged.
    """
    parts.writable(actor, client_id, "documents")
    if not may_write_document(actor, values["kind"]):
        raise Forbidden(_l("Les références bancaires sont réservées à la finance."))
    _check(values)
    file_id, document_id = values.get("file_id"), new_id()
    if file_id is not None:
        files.attach(actor, file_id, SUBJECT, document_id)
    by = None if actor.user_id == NOBODY else actor.user_id
    row: Document = parts.add_part(
        actor, client_id, "documents", {**values, "added_by": by}, part_id=document_id
    )
    return row


def remove_document(actor: Actor, client_id: uuid.UUID, document_id: uuid.UUID) -> None:
    """Take a paper off the sheet; its file is let go. Raises NotFound, Forbidden. Events: ClientsChanged."""
    row: Document = get_part(actor, client_id, "documents", document_id)
    file_id = row.file_id
    parts.remove_part(actor, client_id, "documents", document_id)
    if file_id is not None:
        files.detach(file_id)


def _check(values: dict[str, Any]) -> None:
    errors: dict[str, Any] = {}
    if values["kind"] == "terms_of_sale":
        if not (values.get("version") or "").strip():
            errors["version"] = _l("Indiquez la version signée.")
        if values.get("dated_on") is None:
            errors["dated_on"] = _l("Indiquez le jour de la signature.")
    if values["kind"] == "other" and not (values.get("title") or "").strip():
        errors["title"] = _l("Dites ce que c’est.")
    dated, ends = values.get("dated_on"), values.get("ends_on")
    if dated and ends and ends < dated:
        errors["ends_on"] = _l("La fin précède le début.")
    if errors:
        raise Invalid(errors=errors)


def _is_walled(actor: Actor, document_id: uuid.UUID) -> bool:
    row = find_document(actor, document_id)
    return row is not None and row.kind in WALLED_DOCUMENTS


def _note(actor: Actor, document_id: uuid.UUID) -> None:
    """A mandate shows an account: reading it is reading bank references. Raises SignInAgain."""
    require_fresh(actor)
    row = find_document(actor, document_id)
    if row is not None:
        audit.write(actor, "bank_account.read", "client", row.client_id, document=str(row.id))


files_policy.register(
    SUBJECT,
    files_policy.SubjectKind(
        may_read=lambda actor, document_id: find_document(actor, document_id) is not None,
        must_note=_is_walled,
        note_reading=_note,
    ),
)
