"""Fields the company adds to its clients' sheets, and what was written in them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class CustomField(db.Model):
    """A question asked about every client. Taken out of use, never deleted: its answers stay."""

    __tablename__ = "custom_fields"
    __table_args__ = (CheckConstraint("valid_days IS NULL OR valid_days > 0", name="valid_days"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    label: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))  # one of rules.FIELD_KINDS
    choices: Mapped[list[Any]] = mapped_column(JSON, default=list)
    valid_days: Mapped[int | None]  # asked again after so many days; None: never
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CustomValue(db.Model):
    """An answer: who wrote it when, who said last that it still holds."""

    __tablename__ = "custom_values"
    __table_args__ = (UniqueConstraint("client_id", "field_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    field_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("custom_fields.id"), index=True)
    value: Mapped[str] = mapped_column(String(400))  # as rules.clean_custom writes it
    written_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
