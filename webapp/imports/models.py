"""Imports: the file, what it would change row by row, and what it did."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class Import(db.Model):
    """One file and its fate. States: uploaded, checking, checked, importing, imported,
    refused, cancelled, undone, failed."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_created", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    filename: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20), default="invoices")
    format: Mapped[str] = mapped_column(String(20), default="csv")
    mode: Mapped[str] = mapped_column(String(8), default="delta")  # stock: everything that is open
    state: Mapped[str] = mapped_column(String(12), default="uploaded")
    dialect: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # encoding, delimiter, headers
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # field -> column
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    totals: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    warnings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    errors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def shape(self) -> str:
        """What its staged rows look like: the kind, but entries of the books for a FEC."""
        return "entries" if self.format == "fec" else self.kind


class ImportChunk(db.Model):
    """Some thousand rows of the file as read, and what each would do: a compressed columnar frame.

    `staging` writes and reads it. `counts` says how many rows of each outcome it holds.
    """

    __tablename__ = "import_chunks"

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    last_line: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ImportMapping(db.Model):
    """A column mapping that worked, remembered by the file's header."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("kind", "headers_key"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    headers_key: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
