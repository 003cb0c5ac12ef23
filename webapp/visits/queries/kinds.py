"""Reads of kinds of facts: the product's own, as the company changed them, and the company's."""

from __future__ import annotations

from sqlalchemy import select

from webapp.extensions import db
from webapp.users.queries import company
from webapp.visits.models import FactKindRow
from webapp.visits.rules import STAMP_SETTING, FactKind, merge_kinds


def list_kinds(*, used: bool = False) -> list[FactKind]:
    """Every kind in order, or those that may still be chosen. One query."""
    rows = db.session.scalars(select(FactKindRow).order_by(FactKindRow.created_at, FactKindRow.code))
    found = merge_kinds(FactKind(row.code, row.weight, row.days, row.label, row.used) for row in rows)
    return [each for each in found if each.used or not used]


def find_kind(code: str) -> FactKind | None:
    """One kind; None when there is none of that code."""
    return next((each for each in list_kinds() if each.code == code), None)


def stamp_is_on() -> bool:
    """Does the company let people say, by one tap, that they are at the client's?"""
    return bool((company().settings or {}).get(STAMP_SETTING, False))
