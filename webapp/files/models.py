"""What is known of each stored file; the bytes lie under the instance folder."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class StoredFile(db.Model):
    """A file somebody brought. Theirs alone until it hangs on a subject, whose rights it then has.

    `loose_since` is when it last hung on nothing; after a week it is collected.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("(subject_id IS NULL) = (loose_since IS NOT NULL)", name="loose"),
        Index("ix_stored_files_loose", "loose_since"),
        Index("ix_stored_files_owner", "owner_id", "loose_since"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    subject_type: Mapped[str | None] = mapped_column(String(30))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    loose_since: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
