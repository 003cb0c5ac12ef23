"""Keeping the list of clients beside the rows it sums up."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.clients.models import Client
from webapp.core.clock import today
from webapp.extensions import db
from webapp.home import rules
from webapp.home.models import ClientLine
from webapp.invoices.models import Balance
from webapp.risk.models import CreditLimit
from webapp.risk.rules import in_force, is_breach

CHUNK = 500


def refresh_lines(client_ids: Iterable[uuid.UUID]) -> None:
    """Write the lines of these clients as they stand now, in the running transaction; no events."""
    ids = sorted(set(client_ids))
    for start in range(0, len(ids), CHUNK):
        _refresh(ids[start : start + CHUNK], today())


def refresh_after(client_id: uuid.UUID | None, limit: int = CHUNK) -> uuid.UUID | None:
    """Refresh the next `limit` clients after that one; the last of them, None when there is none.

    The daily job goes through everyone with it: what the calendar changes, changes here.
    """
    query = select(Client.id).order_by(Client.id).limit(limit)
    if client_id is not None:
        query = query.where(Client.id > client_id)
    ids = db.session.scalars(query).all()
    refresh_lines(ids)
    return ids[-1] if ids else None


def _refresh(ids: Sequence[uuid.UUID], day: date) -> None:
    # Two transactions about one client take turns here, so that the second reads what the first wrote.
    line = ClientLine
    db.session.execute(
        select(line.client_id).where(line.client_id.in_(ids)).order_by(line.client_id).with_for_update()
    )
    rows = [_line(row, day) for row in db.session.execute(_figures(ids))]
    if len(rows) < len(ids):
        gone = set(ids) - {row["client_id"] for row in rows}
        db.session.execute(
            delete(line).where(line.client_id.in_(gone)).execution_options(synchronize_session=False)
        )
    if rows:
        _write(rows)


def _figures(ids: Sequence[uuid.UUID]) -> Any:
    return (
        select(
            Client.id,
            Client.branch_id,
            Client.sales_rep_id,
            Client.sort_name,
            Client.search_text,
            Client.insolvency,
            Balance.outstanding,
            Balance.exposure,
            Balance.overdue,
            Balance.overdue_since,
            CreditLimit.amount,
            CreditLimit.ends_on,
        )
        .outerjoin(Balance, Balance.client_id == Client.id)
        .outerjoin(CreditLimit, (CreditLimit.client_id == Client.id) & CreditLimit.replaced_at.is_(None))
        .where(Client.id.in_(ids), Client.archived_at.is_(None))
        .order_by(Client.id)
    )


def _line(row: Any, day: date) -> dict[str, Any]:
    outstanding, overdue = row.outstanding or 0, row.overdue or 0
    allowed = None if row.amount is None else in_force(row.amount, row.ends_on, day)
    over_limit = is_breach(row.exposure or 0, allowed)
    return {
        "client_id": row.id,
        "branch_id": row.branch_id,
        "sales_rep_id": row.sales_rep_id,
        "sort_name": row.sort_name,
        "search_text": row.search_text,
        "rank": rules.rank_of(insolvent=row.insolvency is not None, over_limit=over_limit),
        "overdue": overdue,
        "outstanding": outstanding,
        "flags": rules.flags_of(
            over_limit=over_limit,
            has_limit=allowed is not None,
            overdue=overdue,
            overdue_since=row.overdue_since,
            day=day,
        ),
    }


def _write(rows: Sequence[dict[str, Any]]) -> None:
    flavour: Any = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = flavour.insert(ClientLine.__table__)
    written = {name: statement.excluded[name] for name in rows[0] if name != "client_id"}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["client_id"], set_=written), list(rows)
    )
