"""Whose clients a list can be narrowed to, as far as the actor sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.extensions import db
from webapp.users.actor import Actor
from webapp.users.models import Branch, User


def list_reps(actor: Actor) -> list[tuple[Any, str]]:
    """(id, name) of the representatives of clients in scope; none for whom sees only their own."""
    if actor.role == "sales_rep":
        return []
    theirs = select(Client.sales_rep_id).where(in_scope(actor))
    query = select(User.id, User.name).where(User.id.in_(theirs)).order_by(User.name)
    return list(db.session.execute(query).tuples())


def list_branches(actor: Actor) -> list[tuple[Any, str]]:
    """(id, name) of the branches of clients in scope; none for whom sees only their own."""
    if actor.role == "sales_rep":
        return []
    theirs = select(Client.branch_id).where(in_scope(actor))
    query = select(Branch.id, Branch.name).where(Branch.id.in_(theirs)).order_by(Branch.name)
    return list(db.session.execute(query).tuples())
