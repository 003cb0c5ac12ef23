"""Reports of visits, facts seen there and what they are attached to, acknowledgements of debt."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db

_LIVE = "ended_at IS NULL AND replaced_by IS NULL"


class FactKindRow(db.Model):
    """A kind of fact as the company set it: one of the product's that was changed, or one of its own.

    The product's kinds have no row until somebody changes them (`rules.STANDARD`).
    """

    __tablename__ = "fact_kinds"
    __table_args__ = (
        CheckConstraint("days BETWEEN 1 AND 730", name="days"),
        CheckConstraint("weight BETWEEN -10 AND 10", name="weight"),
    )

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    label: Mapped[str | None] = mapped_column(String(60))
    weight: Mapped[int] = mapped_column(SmallInteger)
    days: Mapped[int]
    used: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Visit(db.Model):
    """A report on a visit; its id is the act's one UUID, and its thread's. Never changed afterwards.

    `here_at` is a person's own word, by one tap, that they were at the client's: no position is kept.
    """

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("outcome IN ('good', 'mixed', 'bad')", name="outcome"),
        Index("ix_visits_client", "client_id", "visited_at"),
        Index("ix_visits_visited", "visited_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    met: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    promise_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("promises.id"))
    here_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Fact(db.Model):
    """Something seen at a client's on a day, that holds until another (`rules.state_of`).

    Seen again, the new one stands for it (`replaced_by`); no longer true, it has ended. Nothing is deleted.
    """

    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint("weight BETWEEN -10 AND 10", name="weight"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index("ix_facts_client", "client_id", "noted_at"),
        Index(
            "ix_facts_live",
            "client_id",
            "expires_on",
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visits.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    detail: Mapped[str | None] = mapped_column(String(300))
    weight: Mapped[int] = mapped_column(SmallInteger)
    seen_on: Mapped[date]
    expires_on: Mapped[date]
    noted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    replaced_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facts.id"))


class FactLink(db.Model):
    """A fact attached to a thing it speaks for or against: one of the kinds registered in `attaching`."""

    __tablename__ = "fact_links"
    __table_args__ = (Index("ix_fact_links_subject", "subject_type", "subject_id"),)

    fact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facts.id"), primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(30), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    linked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Acknowledgement(db.Model):
    """An acknowledgement of debt signed on the screen, with the words as they were signed.

    `digest` is over those words and the signature (`rules.digest_of`). The worker makes the paper:
    `pdf_id`, and `pdf_sha256` of that file.
    """

    __tablename__ = "acknowledgements"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visits.id"), unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    words: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(2))
    creditor: Mapped[str] = mapped_column(String(200))
    creditor_siren: Mapped[str] = mapped_column(String(9), default="")
    debtor: Mapped[str] = mapped_column(String(200))
    debtor_siren: Mapped[str] = mapped_column(String(9), default="")
    signatory: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id"))
    digest: Mapped[str] = mapped_column(String(64))
    pdf_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
