"""Clients, the other names sources give them, and those that were merged into another."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class Client(db.Model):
    """A company that owes us. Identified by `ref` for ever; archived, never deleted.

    `merged_into_id`: a duplicate that another row stands for now; it is archived, and its `ref`
    leads there.
    """

    __tablename__ = "clients"
    __table_args__ = (
        Index("ix_clients_rep_name", "sales_rep_id", "sort_name", "id"),
        Index("ix_clients_branch_name", "branch_id", "sort_name", "id"),
        Index("ix_clients_name", "sort_name", "id"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="own_parent"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="own_survivor"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    legal_name: Mapped[str] = mapped_column(String(200))
    trade_name: Mapped[str | None] = mapped_column(String(200))
    siren: Mapped[str | None] = mapped_column(String(9), index=True)
    siret: Mapped[str | None] = mapped_column(String(14))
    vat_number: Mapped[str | None] = mapped_column(String(20))
    rcs: Mapped[str | None] = mapped_column(String(60))  # as the register writes it: Lyon B 732 829 320
    naf: Mapped[str | None] = mapped_column(String(6))  # code of the main activity: 43.32A
    legal_form: Mapped[str | None] = mapped_column(String(60))
    founded_on: Mapped[date | None]
    trade: Mapped[str | None] = mapped_column(String(120))  # what they do, in a word or two
    street: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2), default="FR")
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="fr")  # in which they are written to
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branches.id"))
    sales_rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    payment_days: Mapped[int] = mapped_column(default=30)
    end_of_month: Mapped[bool] = mapped_column(default=False)
    insolvency: Mapped[str | None] = mapped_column(String(20))  # safeguard, receivership, liquidation
    insolvency_on: Mapped[date | None]
    sort_name: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(600))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # the import that created it
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clients.id"), index=True)
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("clients.id"), index=True)

    @property
    def name(self) -> str:
        """What people call them."""
        return self.trade_name or self.legal_name


class ClientAlias(db.Model):
    """Another spelling under which a source names the same client."""

    __tablename__ = "client_aliases"
    __table_args__ = (UniqueConstraint("client_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    name: Mapped[str] = mapped_column(String(200))
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)


class Merge(db.Model):
    """A duplicate merged into another client: what moved, and how things stood, for the way back."""

    __tablename__ = "client_merges"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    survivor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    loser_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # table -> ids of its rows
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the duplicate's own fields
    made_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    undone_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
