"""Disputes for tests, opened through the real service."""

from __future__ import annotations

import uuid

from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.disputes.models import Dispute
from webapp.disputes.services import open_dispute
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor


def make_dispute(
    cast: Cast,
    invoice: Invoice,
    amount: int | None = 30_000,
    *,
    reason: str = "quality",
    actor: Actor | None = None,
    text: str = "6 panneaux rayés",
) -> Dispute:
    """Bob says that the client contests a part of the invoice; David resolves quality."""
    with unit_of_work():
        made = open_dispute(actor or cast.bob, invoice.id, reason=reason, amount=amount, text=text)
        dispute_id = made.id
    return fresh(dispute_id)


def fresh(dispute_id: uuid.UUID) -> Dispute:
    """The dispute as the database has it now."""
    return db.session.get_one(Dispute, dispute_id, populate_existing=True)
