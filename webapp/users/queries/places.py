"""The company and its branches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.extensions import db
from webapp.users.models import Branch, Company, Membership, User


def company() -> Company:
    """The one company row (made at first start)."""
    return db.session.execute(select(Company)).scalar_one()


def find_branch(branch_id: uuid.UUID | None) -> Branch | None:
    return db.session.get(Branch, branch_id) if branch_id else None


def find_branch_by_name(name: str) -> Branch | None:
    return db.session.scalar(select(Branch).where(Branch.name == name.strip()))


def find_root_branch() -> Branch | None:
    """The root of the branch tree; None before the first start."""
    return db.session.scalar(select(Branch).where(Branch.parent_id.is_(None)))


def list_branches() -> list[Branch]:
    return list(db.session.scalars(select(Branch).order_by(Branch.path)))


@dataclass(frozen=True)
class Place:
    """A branch in its tree: how deep it stands, and how many people work there."""

    id: uuid.UUID
    name: str
    depth: int
    people: int


def list_places() -> list[Place]:
    """Branches as a tree, parents before their children, names in order at each level."""
    rows = db.session.execute(
        select(Branch.id, Branch.name, Branch.parent_id, func.count(User.id).label("people"))
        .outerjoin(Membership, (Membership.branch_id == Branch.id) & Membership.ends_on.is_(None))
        .outerjoin(User, (User.id == Membership.user_id) & User.active)
        .group_by(Branch.id, Branch.name, Branch.parent_id)
        .order_by(Branch.name)
    ).all()
    children: dict[uuid.UUID | None, list[int]] = {}
    for index, row in enumerate(rows):
        children.setdefault(row.parent_id, []).append(index)
    found: list[Place] = []
    stack = [(index, 0) for index in reversed(children.get(None, []))]
    while stack:
        index, depth = stack.pop()
        row = rows[index]
        found.append(Place(row.id, row.name, depth, row.people))
        stack.extend((child, depth + 1) for child in reversed(children.get(row.id, [])))
    return found
