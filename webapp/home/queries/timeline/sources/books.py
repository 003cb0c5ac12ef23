"""Documents, money and what files brought: the books’ part of the timeline."""

from __future__ import annotations

from typing import Any

from sqlalchemy import cast, func, literal, select

from webapp.home.queries.timeline.columns import CLIENT, INSTANT, KIND, UUID, author, imported
from webapp.home.queries.timeline.columns import line as shared
from webapp.home.queries.timeline.sources.source import Source
from webapp.invoices.models import DeliveryNote, Invoice, Order
from webapp.payments.models import Allocation, Matching, Payment, WriteOff


def _documents(dialect: str) -> Any:
    line = shared(
        Invoice.kind,
        Invoice.recorded_at,
        Invoice.id,
        amount=Invoice.gross_value,
        ref=Invoice.ref,
        subject=Invoice.id,
        actor=author(dialect, "invoice", Invoice.id),
    )
    return line.where(Invoice.client_id == CLIENT, Invoice.voided_at.is_(None), Invoice.import_id.is_(None))


def _orders(dialect: str) -> Any:
    line = shared(
        Order.kind,
        Order.recorded_at,
        Order.id,
        amount=Order.amount,
        ref=Order.ref,
        text=Order.state,
        actor=author(dialect, "order", Order.id),
    )
    return line.where(Order.client_id == CLIENT, Order.voided_at.is_(None))


def _deliveries(dialect: str) -> Any:
    line = shared(
        cast(literal("delivery_note"), KIND),
        DeliveryNote.recorded_at,
        DeliveryNote.id,
        amount=DeliveryNote.amount,
        ref=DeliveryNote.ref,
        subject=DeliveryNote.order_id,
        actor=author(dialect, "delivery_note", DeliveryNote.id),
    )
    return line.where(DeliveryNote.client_id == CLIENT)


def _receipts(dialect: str) -> Any:
    line = shared(
        "payment",
        Payment.recorded_at,
        Payment.id,
        amount=Payment.amount_value,
        text=Payment.text,
        actor=author(dialect, "payment", Payment.id),
    )
    return line.where(Payment.client_id == CLIENT, Payment.voided_at.is_(None), Payment.import_id.is_(None))


def _returns(_dialect: str) -> Any:
    at = func.coalesce(Payment.returned_at, Payment.recorded_at, type_=INSTANT)
    line = shared("return", at, Payment.id, amount=Payment.amount_value, text=Payment.return_reason)
    return line.where(
        Payment.client_id == CLIENT, Payment.voided_at.is_(None), Payment.returned_on.is_not(None)
    )


def _allocated(column: Any) -> Any:
    return select(column).where(Allocation.matching_id == Matching.id).scalar_subquery()


def _matchings(_dialect: str) -> Any:
    line = shared(
        "matching",
        Matching.made_at,
        Matching.id,
        amount=_allocated(func.sum(Allocation.amount)),
        ref=Matching.code,
        text=Matching.source,
        actor=Matching.made_by,
    )
    return line.where(Matching.client_id == CLIENT, Matching.import_id.is_(None))


def _unmatchings(_dialect: str) -> Any:
    undone = func.coalesce(_allocated(func.max(Allocation.reversed_at)), Matching.made_at, type_=INSTANT)
    line = shared(
        "unmatching",
        undone,
        Matching.id,
        amount=_allocated(func.sum(Allocation.amount)),
        ref=Matching.code,
        actor=Matching.undone_by,
    )
    return line.where(Matching.client_id == CLIENT, Matching.undone_on.is_not(None))


def _write_offs(_dialect: str) -> Any:
    """Those asked for, refused or undone; one that was approved is a document."""
    line = shared(
        "write_off_ask",
        func.coalesce(WriteOff.decided_at, WriteOff.requested_at, type_=INSTANT),
        WriteOff.id,
        amount=WriteOff.amount,
        ref=Invoice.ref,
        text=WriteOff.state,
        subject=Invoice.id,
        actor=func.coalesce(WriteOff.decided_by, WriteOff.requested_by, type_=UUID),
    )
    return line.join(Invoice, Invoice.id == WriteOff.invoice_id).where(
        WriteOff.client_id == CLIENT, WriteOff.state != "approved"
    )


BOOKS = (
    Source("invoices", None, _documents),
    Source("invoices", None, _orders),
    Source("invoices", None, _deliveries),
    Source(
        "imports", None, lambda _dialect: imported(Invoice, Invoice.gross_value, cast(Invoice.kind, KIND))
    ),
    # PostgreSQL refuses to group by a bare text.
    Source(
        "imports",
        "payment.read",
        lambda _dialect: imported(Payment, Payment.amount_value, cast(literal("payment"), KIND)),
    ),
    Source("payments", "payment.read", _receipts),
    Source("payments", "payment.read", _returns),
    Source("payments", "payment.read", _matchings),
    Source("payments", "payment.read", _unmatchings),
    Source("payments", "payment.read", _write_offs),
)
