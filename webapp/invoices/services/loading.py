"""Documents with what they need to be written over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.extensions import db
from webapp.invoices.models import Invoice

CHUNK = 500


def load(ids: Sequence[uuid.UUID], *, lock: bool = False) -> dict[uuid.UUID, Invoice]:
    """Documents with their instalments in two queries a chunk, instead of two a document."""
    found: dict[uuid.UUID, Invoice] = {}
    for start in range(0, len(ids), CHUNK):
        chosen = Invoice.id.in_(ids[start : start + CHUNK])
        query = select(Invoice).where(chosen).options(selectinload(Invoice.instalments))
        if lock:  # read again what another transaction may have changed meanwhile
            query = query.with_for_update().execution_options(populate_existing=True)
        found |= {invoice.id: invoice for invoice in db.session.scalars(query)}
    return found
