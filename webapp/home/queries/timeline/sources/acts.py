"""What was promised, asked and contested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func

from webapp.credit_requests.models import CreditRequest
from webapp.disputes.models import Dispute
from webapp.home.queries.timeline.columns import CLIENT, INSTANT, UUID
from webapp.home.queries.timeline.columns import line as shared
from webapp.home.queries.timeline.sources.source import Source
from webapp.invoices.models import Invoice
from webapp.promises.models import Promise


def _promises(_dialect: str) -> Any:
    line = shared(
        "promise",
        Promise.taken_at,
        Promise.id,
        amount=Promise.amount,
        ref=Invoice.ref,
        text=Promise.state,
        subject=Promise.id,
        actor=Promise.taken_by,
    )
    return line.outerjoin(Invoice, Invoice.id == Promise.invoice_id).where(Promise.client_id == CLIENT)


def _credit_requests(_dialect: str) -> Any:
    """Those asked for or declined; one that was granted is a document."""
    line = shared(
        "credit_request",
        func.coalesce(CreditRequest.answered_at, CreditRequest.asked_at, type_=INSTANT),
        CreditRequest.id,
        amount=CreditRequest.amount,
        ref=Invoice.ref,
        text=CreditRequest.state,
        subject=CreditRequest.id,
        actor=func.coalesce(CreditRequest.answered_by, CreditRequest.asked_by, type_=UUID),
    )
    return line.join(Invoice, Invoice.id == CreditRequest.invoice_id).where(
        CreditRequest.client_id == CLIENT, CreditRequest.state != "granted"
    )


def _disputes(closed: bool) -> Callable[[str], Any]:
    """Those that were opened, or those that are over and how they ended."""

    def build(_dialect: str) -> Any:
        line = shared(
            "dispute_end" if closed else "dispute",
            Dispute.closed_at if closed else Dispute.opened_at,
            Dispute.id,
            amount=Dispute.resolution_amount if closed else Dispute.amount,
            ref=Invoice.ref,
            text=Dispute.state if closed else func.substr(Dispute.text, 1, 280),
            subject=Dispute.id,
            actor=Dispute.closed_by if closed else Dispute.opened_by,
        )
        found = line.join(Invoice, Invoice.id == Dispute.invoice_id).where(Dispute.client_id == CLIENT)
        return found.where(Dispute.closed_at.is_not(None)) if closed else found

    return build


ACTS = (
    Source("messages", None, _promises),
    Source("invoices", None, _credit_requests),
    Source("disputes", None, _disputes(closed=False)),
    Source("disputes", None, _disputes(closed=True)),
)
