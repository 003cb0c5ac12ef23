"""Whose clients: the scope that pages, API, sockets, search and broadcast all ask."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, false, true

from webapp.clients.models import Client
from webapp.clients.rules import WALLED_DOCUMENTS
from webapp.users.actor import Actor
from webapp.users.policy import may, sees_everything


class Placed(Protocol):
    """Anything placed like a client: it has a branch and maybe a sales representative."""

    branch_id: UUID
    sales_rep_id: UUID | None


def may_see(actor: Actor, client: Placed) -> bool:
    """Is this client in the actor's scope?"""
    if sees_everything(actor):
        return True
    if actor.role == "sales_rep":
        return client.sales_rep_id == actor.user_id
    if actor.role in ("branch_manager", "after_sales"):
        return client.branch_id in actor.branch_ids
    return False


def in_scope(actor: Actor, on: Any = Client) -> ColumnElement[bool]:
    """The same question as a condition for queries: on `clients`, or on a table placed like it."""
    if sees_everything(actor):
        return true()
    condition: ColumnElement[bool] = false()
    if actor.role == "sales_rep":
        condition = on.sales_rep_id == actor.user_id
    elif actor.role in ("branch_manager", "after_sales"):
        condition = on.branch_id.in_(actor.branch_ids)
    return condition


def may_write(actor: Actor) -> bool:
    return actor.role == "system" or may(actor, "client.write")


# Who may write which part of a sheet.
PART_RIGHTS = {
    "contacts": "contact.write",
    "addresses": "client.write",
    "references": "client.write",
    "signatories": "client.write",
    "bank-accounts": "bank.write",
    "documents": "document.write",
}


def may_write_part(actor: Actor, part: str) -> bool:
    """Does the role write this part of the sheets in its scope? `part` is a key of PART_RIGHTS."""
    return actor.role == "system" or may(actor, PART_RIGHTS[part])


def may_read_bank(actor: Actor) -> bool:
    """Is this person on the right side of the wall around bank references?"""
    return may(actor, "bank.read")


def may_read_document(actor: Actor, kind: str) -> bool:
    """Documents that show an account are behind the same wall; the others go with the sheet."""
    return kind not in WALLED_DOCUMENTS or may_read_bank(actor)


def may_write_document(actor: Actor, kind: str) -> bool:
    """Who may read such a document may bring and take away one, when the role brings documents."""
    return may_write_part(actor, "documents") and (actor.role == "system" or may_read_document(actor, kind))


def may_merge(actor: Actor) -> bool:
    return actor.role == "system" or may(actor, "client.merge")


def may_answer_fields(actor: Actor) -> bool:
    return actor.role == "system" or may(actor, "field.write")
