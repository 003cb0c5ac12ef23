"""Credit limits, guarantees, alert levels passed, alerts."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class CreditLimit(db.Model):
    """How much and how late we tolerate for a client, between dates. The newest one counts."""

    __tablename__ = "credit_limits"
    __table_args__ = (
        Index(
            "uq_credit_limits_current",
            "client_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    max_days_late: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(12), default="internal")  # internal, insurer, temporary
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Guarantee(db.Model):
    """What somebody else pays when the client does not, between dates: `cover` is the `share` (per cent) of
    the `amount` agreed. Nothing is deleted: one that no longer holds is withdrawn."""

    __tablename__ = "guarantees"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("share BETWEEN 1 AND 100", name="share"),
        CheckConstraint("cover BETWEEN 0 AND amount", name="cover"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
        Index("ix_guarantees_client", "client_id", "ends_on"),
        Index("ix_guarantees_ends_on", "ends_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    kind: Mapped[str] = mapped_column(String(10))  # insurer, bank, surety, deposit, other
    giver: Mapped[str] = mapped_column(String(120))  # who pays
    reference: Mapped[str | None] = mapped_column(String(64))  # theirs
    amount: Mapped[int] = mapped_column(BigInteger)
    share: Mapped[int]
    cover: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PassedLevel(db.Model):
    """A level a client is above; forgotten once it falls five points below (hysteresis)."""

    __tablename__ = "passed_levels"

    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    passed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Alert(db.Model):
    """Something about a client that somebody must answer. Closed by itself when it is over."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_client", "client_id", "raised_at"),
        Index("ix_alerts_open", "state", "severity", "raised_at"),
        Index("ix_alerts_state_client", "state", "client_id"),
        Index("ix_alerts_snoozed", "state", "snoozed_until"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    # Of a merged client: one still open is closed by itself there, since nothing is owed any more.
    client_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("clients.id"), info={"moves_when": "state = 'closed'"}
    )
    # limit_warning, limit_breach, delay_breach, limit_ending, guarantee_ending
    kind: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]  # per cent of the limit; 100 for a delay; days left for an ending
    severity: Mapped[int]  # 1 notice, 2 warning, 3 grave
    state: Mapped[str] = mapped_column(String(14), default="open")  # open, acknowledged, closed
    exposure: Mapped[int] = mapped_column(BigInteger)  # as it stood when raised, cents
    limit_amount: Mapped[int | None] = mapped_column(BigInteger)
    overdue: Mapped[int] = mapped_column(BigInteger, default=0)
    days_late: Mapped[int | None]
    ends_on: Mapped[date | None]  # of what is about to end
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    acknowledged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Acknowledged until this day, when it comes back, and why.
    snoozed_until: Mapped[date | None]
    snooze_reason: Mapped[str | None] = mapped_column(String(400))
    assigned_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    escalated_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # nobody answered: those above were told
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
