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
            kind="payment" if payment else kind,
            payment_id=payment.id if payment else None,
            credit_id=allocation.credit_id,
            ref=payment.source_ref if payment else ref,
            text=payment.text if payment else None,
            amount=allocation.amount,
            effective_on=allocation.effective_on,
        )
        for allocation, payment, ref, kind in list_settlements(actor, invoice_id)
    ]
