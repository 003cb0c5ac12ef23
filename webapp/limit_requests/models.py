"""Limit requests, and each step on their way."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class LimitRequest(db.Model):
    """A limit somebody asks for. `snapshot` and `judged` are the figures as they stood when it was made;
    what was asked never changes, every step moves `revision`. Nothing is deleted."""

    __tablename__ = "limit_requests"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("granted >= 0 AND granted <= amount", name="granted"),
        CheckConstraint(
            "state IN ('open', 'returned', 'approved', 'rejected', 'withdrawn', 'expired')",
            name="state",
        ),
        CheckConstraint("(state = 'approved') = (limit_id IS NOT NULL)", name="approved"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint(
            "first_by IS NULL OR (first_by <> asked_by AND first_by <> decided_by)", name="first"
        ),
        CheckConstraint("first_for IS NULL OR first_for <> asked_by", name="first_for"),
        CheckConstraint("decided_for IS NULL OR decided_for <> asked_by", name="decided_for"),
        Index("ix_limit_requests_client", "client_id", "asked_at"),
        Index("ix_limit_requests_state", "state", "asked_at", "id"),
        Index("ix_limit_requests_answer_by", "state", "answer_by"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    max_days_late: Mapped[int | None]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # {kind, id}
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # cents, days, as of `asked_at`
    judged: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(String(20))  # the role it waits for
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer_by: Mapped[date | None]  # the day after which it goes to the role above; None: to nobody
    revision: Mapped[int] = mapped_column(default=1)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    first_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))  # of two who approve
    first_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))  # in whose place
    granted: Mapped[int | None] = mapped_column(BigInteger)
    granted_until: Mapped[date | None]
    conditions: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))  # in whose place
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    limit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("credit_limits.id"))
    # What was decided on which figures, as a file, and its digest.
    record_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    record_sha256: Mapped[str | None] = mapped_column(String(64))


class LimitRequestStep(db.Model):
    """Who did what to a request, when, and in which words."""

    __tablename__ = "limit_request_steps"
    __table_args__ = (Index("ix_limit_request_steps_request", "request_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("limit_requests.id"))
    kind: Mapped[str] = mapped_column(String(10))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    for_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))  # in whose place
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    words: Mapped[str | None] = mapped_column(Text)


class Delegation(db.Model):
    """Somebody's authority over limits, given to another from day to day; `ended_at` takes it back before."""

    __tablename__ = "approval_delegations"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="two"),
        CheckConstraint("starts_on <= ends_on", name="days"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
