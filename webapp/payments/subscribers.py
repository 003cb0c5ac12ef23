"""What payments tell the features below them: which money came in on an invoice."""

from __future__ import annotations

import uuid

from webapp.invoices.queries import Settled, use_settlements
from webapp.payments.queries import list_settlements
from webapp.users.actor import Actor


@use_settlements
def settlements_of(actor: Actor, invoice_id: uuid.UUID) -> list[Settled]:
    """The live allocations on an invoice, oldest first."""
    return [
        Settled(
            payment_id=payment.id,
            ref=payment.source_ref,
            text=payment.text,
            amount=allocation.amount,
            effective_on=allocation.effective_on,
        )
        for payment, allocation in list_settlements(actor, invoice_id)
    ]
