"""Files made of lists, and what they were made of."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class Export(db.Model):
    """One file somebody asked for. States: waiting, writing, done, failed, cancelled, expired.

    `scope` is who the person was when asking: with another role or other branches the file is closed.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_person", "created_by", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    listing: Mapped[str] = mapped_column(String(30))
    format: Mapped[str] = mapped_column(String(4))
    decimals: Mapped[str] = mapped_column(String(3), default="fr")
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # as the address of the page has them
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(300))  # why it failed, for people
    rows_done: Mapped[int] = mapped_column(default=0)
    filename: Mapped[str] = mapped_column(String(120), default="")
    path: Mapped[str] = mapped_column(String(500), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    scope: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
