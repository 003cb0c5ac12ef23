"""How much is contested: what dunning leaves out, and the outstanding keeps in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select

from webapp.core.clock import today
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.invoices.models import Instalment

CHUNK = 500


@dataclass(frozen=True)
class Contested:
    """Open disputes of a client: how many, cents contested, and cents of that already overdue."""

    count: int = 0
    value: int = 0
    overdue: int = 0


def disputed_amounts(invoice_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What is contested of each of these invoices (known to be in scope), in its own currency.

    This part is out of dunning and stays in the outstanding; invoices without dispute are missing.
    """
    wanted, found = list(dict.fromkeys(invoice_ids)), dict[uuid.UUID, int]()
    for start in range(0, len(wanted), CHUNK):
        rows = db.session.execute(
            select(Dispute.invoice_id, func.sum(Dispute.open))
            .where(Dispute.invoice_id.in_(wanted[start : start + CHUNK]), Dispute.closed_at.is_(None))
            .group_by(Dispute.invoice_id)
        )
        found |= {invoice_id: int(cents) for invoice_id, cents in rows}
    return found


def contested_of(client_id: uuid.UUID) -> Contested:
    """What a client, known to be in scope, contests now; one query.

    Of each invoice, as much is overdue and contested as its overdue parts cover.
    """
    disputes = (
        select(Dispute.invoice_id, func.sum(Dispute.open_value).label("value"), func.count().label("count"))
        .where(Dispute.client_id == client_id, Dispute.closed_at.is_(None))
        .group_by(Dispute.invoice_id)
        .subquery()
    )
    late = (
        select(Instalment.invoice_id, func.sum(Instalment.open_value).label("value"))
        .where(Instalment.client_id == client_id, Instalment.open > 0, Instalment.due_on < today())
        .where(Instalment.sign > 0)
        .group_by(Instalment.invoice_id)
        .subquery()
    )
    overdue = func.coalesce(late.c.value, 0)
    both = case((overdue < disputes.c.value, overdue), else_=disputes.c.value)
    row = db.session.execute(
        select(func.sum(disputes.c.count), func.sum(disputes.c.value), func.sum(both)).outerjoin_from(
            disputes, late, late.c.invoice_id == disputes.c.invoice_id
        )
    ).one()
    return Contested(*(int(figure or 0) for figure in row))
