"""What payments tell the features below them: which money came in on an invoice, what ties two clients
that were one; and the balances of clients that were merged or parted."""

from __future__ import annotations

import uuid

from webapp.clients.events import ClientsMerged
from webapp.clients.models import Merge
from webapp.clients.services.merging import may_object
from webapp.core.events import before_commit
from webapp.invoices.queries import Settled, use_settlements
from webapp.payments.queries import list_settlements
from webapp.payments.queries.tied import list_tied
from webapp.payments.services.balances import refresh
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


@before_commit(ClientsMerged)
def _on_merged(event: ClientsMerged) -> None:
    refresh(event.client_ids)


@may_object
def tied_since(merge: Merge) -> list[str]:
    """Documents of one of the two that the other's money or credit has settled since."""
    return list_tied(merge.survivor_id, merge.moved, merge.made_at)
