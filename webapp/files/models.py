"""What is known of each stored file; the bytes lie under the instance folder."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class StoredFile(db.Model):
    """A file somebody brought. Theirs alone until it hangs on a subject, whose rights it then has.

    `loose_since` is when it last hung on nothing; after a week it is collected. `position` is its
    place among the files of its subject. Pictures know their size, sounds their length.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("(subject_id IS NULL) = (loose_since IS NOT NULL)", name="loose"),
        Index("ix_stored_files_loose", "loose_since"),
        Index("ix_stored_files_owner", "owner_id", "loose_since"),
        Index("ix_stored_files_subject", "subject_id", "position"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    subject_type: Mapped[str | None] = mapped_column(String(30))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    loose_since: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
