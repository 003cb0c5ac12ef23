"""Promises to pay."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db

_OPEN = "state = 'open'"


class Promise(db.Model):
    """A client says that it will pay an amount by a day, for one invoice or at large.

    `state`, `received` and `fulfilled_on` are computed from the payments (`services.judge`); a promise
    that is withdrawn or replaced stays as it was said.
    """

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_promises_client", "client_id", "promised_on"),
        Index("ix_promises_open", "promised_on", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    thread_id: Mapped[uuid.UUID] = mapped_column(Uuid)  # where its card is
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))  # where it was said
    amount: Mapped[int] = mapped_column(BigInteger)  # in the invoice's currency, else the company's
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    promised_on: Mapped[date]
    said_by: Mapped[str | None] = mapped_column(String(120))  # a name: contacts come and go
    note: Mapped[str | None] = mapped_column(Text)
    taken_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[str] = mapped_column(String(10), default="open")  # one of rules.STATES
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    fulfilled_on: Mapped[date | None]
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # told of once
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    replaced_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("promises.id"))
