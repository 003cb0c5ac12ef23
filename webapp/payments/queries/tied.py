"""Allocations that cross the line along which merged clients would part again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation


def list_tied(survivor_id: uuid.UUID, moved: Mapping[str, Sequence[str]], since: datetime) -> list[str]:
    """References of documents settled since then from the other side; `moved` names the rows of one
    side (table -> ids), the survivor's own are the other."""
    documents = {uuid.UUID(each) for each in moved.get("invoices", ())}
    payments = {uuid.UUID(each) for each in moved.get("payments", ())}
    query = (
        select(Allocation.payment_id, Allocation.credit_id, Allocation.invoice_id, Invoice.ref)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Invoice.client_id == survivor_id)
        .where(Allocation.recorded_at >= since, Allocation.reversed_at.is_(None))
    )
    refs = {
        ref
        for payment_id, credit_id, invoice_id, ref in db.session.execute(query)
        if (invoice_id in documents) != (payment_id in payments or credit_id in documents)
        and (invoice_id in documents or payment_id in payments or credit_id in documents)
    }
    return sorted(refs)
