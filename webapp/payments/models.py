"""Payments received and their allocation to invoices."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class Payment(db.Model):
    """Money in. `source` and `source_ref` say where it was read; two equal ones stay two."""

    __tablename__ = "payments"
    __table_args__ = (
        Index(
            "uq_payments_source_live",
            "source",
            "source_ref",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index("ix_payments_client_received", "client_id", "received_on"),
        Index("ix_payments_client_recorded", "client_id", "recorded_at", "id"),
        CheckConstraint("amount > 0 AND unapplied >= 0 AND unapplied <= amount", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(String(40))
    source_ref: Mapped[str] = mapped_column(String(120))
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    received_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    unapplied: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    text: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)


class Allocation(db.Model):
    """A part of a payment that settles an invoice (lettrage). Undone by a dated reversal."""

    __tablename__ = "allocations"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id"), index=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    reversed_on: Mapped[date | None]
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
