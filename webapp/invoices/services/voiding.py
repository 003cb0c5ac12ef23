"""Taking documents out of every sum."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.core.clock import now
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.extensions import db
from webapp.invoices.balances import forget, refresh_balances
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.services.counting import recount
from webapp.invoices.services.loading import CHUNK
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may

SETTLED = _l("Des règlements portent sur ces factures. Annulez-les d’abord.")


def void_invoices(actor: Actor, invoice_ids: Sequence[uuid.UUID], reason: str) -> None:
    """Take documents out of every sum; nothing is deleted. Events as `upsert_invoices`.

    Raises Forbidden, and Invalid naming the documents something was received on: their payments
    are voided first, or the money would vanish with them.
    """
    if not may(actor, "invoice.write") and not may(actor, "import.files"):
        raise Forbidden(_l("Votre rôle n’annule pas de factures."))
    clients: set[uuid.UUID] = set()
    voided: list[uuid.UUID] = []
    orders: set[uuid.UUID | None] = set()
    for start in range(0, len(invoice_ids), CHUNK):
        chosen = Invoice.id.in_(invoice_ids[start : start + CHUNK]) & Invoice.voided_at.is_(None)
        rows = db.session.execute(
            select(
                Invoice.id, Invoice.client_id, Invoice.ref, Invoice.open, Invoice.gross, Invoice.order_id
            ).where(chosen)
        ).all()
        settled = [row.ref for row in rows if row.open != row.gross]
        if settled:
            raise Invalid(SETTLED, errors={"invoices": settled})
        ids = [row.id for row in rows]
        clients |= {row.client_id for row in rows}
        db.session.execute(update(Invoice).where(Invoice.id.in_(ids)).values(voided_at=now()))
        db.session.execute(update(Instalment).where(Instalment.invoice_id.in_(ids)).values(sign=0))
        voided += ids
        orders |= {row.order_id for row in rows}
    forget(Invoice, Instalment)
    clients |= recount(orders, invoices=voided)
    refresh_balances(clients)
    record(InvoicesChanged(tuple(voided)))
    audit.write(actor, "invoice.void", "invoice", reason[:64], count=len(voided))
