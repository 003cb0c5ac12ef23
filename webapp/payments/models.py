"""Payments received and their allocation to invoices."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE
from webapp.extensions import db

_LIVE = "voided_at IS NULL"
_TO_MATCH = f"unapplied > 0 AND {_LIVE}"
_RETURNED = f"returned_on IS NOT NULL AND {_LIVE}"


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
        Index(
            "ix_payments_received",
            "received_on",
            "id",
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index(
            "ix_payments_returned",
            "received_on",
            "id",
            sqlite_where=text(_RETURNED),
            postgresql_where=text(_RETURNED),
        ),
        Index(
            "ix_payments_to_match",
            "received_on",
            "id",
            sqlite_where=text(_TO_MATCH),
            postgresql_where=text(_TO_MATCH),
        ),
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
    rate: Mapped[int] = mapped_column(BigInteger, default=UNIT_RATE)  # of its day, in billionths
    amount_value: Mapped[int] = mapped_column(BigInteger)  # in the company's currency
    unapplied_value: Mapped[int] = mapped_column(BigInteger, default=0)
    method: Mapped[str | None] = mapped_column(String(16))  # one of METHODS, when the source says so
    text: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_on: Mapped[date | None]  # the bank took it back (impayé, rejet)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_reason: Mapped[str | None] = mapped_column(String(20))  # one of RETURN_REASONS
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)


class Matching(db.Model):
    """One act of matching (lettrage): the allocations made together, and undone together."""

    __tablename__ = "matchings"
    __table_args__ = (Index("ix_matchings_client", "client_id", "made_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    source: Mapped[str] = mapped_column(String(10))  # person, proposal, import, program
    code: Mapped[str | None] = mapped_column(String(20))  # the letters of the books it came from
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)  # why, as the proposal said it
    made_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    undone_on: Mapped[date | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)  # accepted together


class RefusedProposal(db.Model):
    """A proposal somebody turned down: not made again for this payment."""

    __tablename__ = "refused_proposals"

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    refused_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    refused_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Allocation(db.Model):
    """A part of a payment, or of a credit (credit note, write-off), that settles an invoice.

    Undone by a dated reversal.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(payment_id IS NULL) <> (credit_id IS NULL)", name="one_source"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id"), index=True)
    credit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    reversed_on: Mapped[date | None]
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    matching_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("matchings.id"), index=True)


class WriteOff(db.Model):
    """A part of an invoice given up (passage en perte): asked for, decided when above the cap.

    Once approved it is a document of kind `write_off`, allocated to the invoice.
    """

    __tablename__ = "write_offs"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_write_offs_state", "state", "requested_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)  # in the invoice's currency
    reason: Mapped[str] = mapped_column(String(20))  # one of WRITE_OFF_REASONS
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="asked")  # asked, approved, refused, undone
    requested_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str | None] = mapped_column(Text)
