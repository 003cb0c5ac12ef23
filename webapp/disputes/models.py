"""Disputes, and the reasons a company gave its own settings."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db

_OPEN = "closed_at IS NULL"


class DisputeReason(db.Model):
    """A reason as the company set it: one of the product's that was changed, or one of its own.

    The product's reasons have no row until somebody changes them (`rules.STANDARD`).
    """

    __tablename__ = "dispute_reasons"
    __table_args__ = (CheckConstraint("delay_days BETWEEN 1 AND 365", name="delay"),)

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    label: Mapped[str | None] = mapped_column(String(60))
    department: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))  # whose role resolves it, when no person is named
    resolver_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    delay_days: Mapped[int]
    used: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Dispute(db.Model):
    """A part of an invoice, or all of it, that the client contests.

    `amount` is what was contested, `open` what of it still is (minor units of the invoice),
    `open_value` the same in the company's currency. Every column a reader sees moves `revision`.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        Index("ix_disputes_invoice", "invoice_id"),
        Index(
            "ix_disputes_open_client",
            "client_id",
            "open_value",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_disputes_open_due", "due_on", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_disputes_opened", "opened_at", "id"),
        CheckConstraint("amount > 0 AND open >= 0 AND open <= amount AND open_value >= 0", name="amounts"),
        CheckConstraint(
            "state IN ('open', 'waiting_us', 'waiting_client', 'accepted_credit', 'accepted_partly',"
            " 'rejected', 'withdrawn', 'closed_by_payment')",
            name="state",
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'waiting_us', 'waiting_client'))", name="closed"
        ),
        CheckConstraint("closed_at IS NULL OR open = 0", name="nothing_left"),
        CheckConstraint("proposed_amount > 0 AND proposed_amount <= amount", name="proposal"),
        CheckConstraint("resolution_amount >= 0 AND resolution_amount <= amount", name="resolution"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"))
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    reason: Mapped[str] = mapped_column(String(30))
    whole: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int] = mapped_column(BigInteger)
    open: Mapped[int] = mapped_column(BigInteger)
    open_value: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(String(20))
    resolver_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    due_on: Mapped[date]
    escalation: Mapped[int] = mapped_column(default=0)  # who was told that it is late: rules.stage_of
    state: Mapped[str] = mapped_column(String(20), default="open")
    revision: Mapped[int] = mapped_column(default=1)
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))  # it was made from
    proposed_amount: Mapped[int | None] = mapped_column(BigInteger)
    proposed_text: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    credit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"))  # the credit note
    resolution_amount: Mapped[int | None] = mapped_column(BigInteger)
    resolution_text: Mapped[str | None] = mapped_column(Text)
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))  # None: the books did
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
