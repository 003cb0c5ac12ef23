"""Requests for a credit note."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class CreditRequest(db.Model):
    """A part of an invoice somebody thinks should be credited. Finance answers; nothing is deleted."""

    __tablename__ = "credit_requests"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_credit_requests_state", "state", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))  # what it was made of
    amount: Mapped[int] = mapped_column(BigInteger)  # in the invoice's currency
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="asked")  # one of rules.STATES
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))  # None: by itself
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    granted: Mapped[int | None] = mapped_column(BigInteger)
    credit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
