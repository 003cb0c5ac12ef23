"""Reads of reasons: the product's own, as the company changed them, and the company's."""

from __future__ import annotations

from sqlalchemy import select

from webapp.disputes.models import DisputeReason
from webapp.disputes.rules import Reason, merge_reasons
from webapp.extensions import db


def list_reasons(*, used: bool = False) -> list[Reason]:
    """Every reason in order, or those that may still be chosen."""
    rows = db.session.scalars(select(DisputeReason).order_by(DisputeReason.created_at, DisputeReason.code))
    found = merge_reasons(
        Reason(row.code, row.department, row.role, row.delay_days, row.label, row.resolver_id, row.used)
        for row in rows
    )
    return [each for each in found if each.used or not used]


def find_reason(code: str) -> Reason | None:
    """One reason; None when there is none of that code."""
    return next((each for each in list_reasons() if each.code == code), None)
