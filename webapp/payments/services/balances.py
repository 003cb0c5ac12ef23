"""Who may write payments, and the balances that follow from them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.core.errors import Forbidden
from webapp.extensions import db
from webapp.invoices.balances import refresh_balances
from webapp.payments.models import Payment
from webapp.users.actor import Actor
from webapp.users.policy import may

CHUNK = 500


def require_writer(actor: Actor, *, importing: bool = False) -> None:
    """Raises Forbidden for roles that record no payments; a file may bring them with it."""
    if not may(actor, "payment.write") and not (importing and may(actor, "import.files")):
        raise Forbidden(_l("Votre rôle n’enregistre pas de règlements."))


def refresh(client_ids: Iterable[uuid.UUID]) -> None:
    """Balances of these clients, with the cash they have not allocated. Events: BalanceChanged."""
    ids = list(client_ids)
    refresh_balances(ids, unapplied_of(ids))


def unapplied_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Cash these clients paid that settles nothing yet, in cents of the company's currency."""
    unapplied: dict[uuid.UUID, int] = dict.fromkeys(ids, 0)
    for start in range(0, len(ids), CHUNK):
        rows = db.session.execute(
            select(Payment.client_id, func.sum(Payment.unapplied_value))
            .where(
                Payment.client_id.in_(ids[start : start + CHUNK]),
                Payment.voided_at.is_(None),
                Payment.unapplied > 0,
            )
            .group_by(Payment.client_id)
        )
        unapplied |= {client_id: int(total) for client_id, total in rows}
    return unapplied
