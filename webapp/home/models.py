"""What the list of clients reads: one narrow row a client, kept beside the rows it sums up."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import db

# `flags` at the end lets a filter be judged without reading the row.
URGENCY = ("rank", "overdue", "outstanding", "client_id", "flags")


class ClientLine(db.Model):
    """A client that is not archived, as lists sort, filter, search and count it.

    Nothing is known here alone: `home.services.refresh_lines` writes it again from the client, its
    balance and its limit in the transaction that changes one of them.
    """

    __tablename__ = "client_lines"
    __table_args__ = (
        Index("ix_client_lines_urgency", *URGENCY),
        Index("ix_client_lines_branch", "branch_id", *URGENCY),
        Index("ix_client_lines_rep", "sales_rep_id", *URGENCY),
        Index("ix_client_lines_name", "sort_name", "client_id"),
        Index("ix_client_lines_outstanding", "outstanding", "client_id"),
        Index("ix_client_lines_flags", "flags"),
        Index("ix_client_lines_branch_flags", "branch_id", "flags"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)  # what the search index of SQLite refers to
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), unique=True)
    branch_id: Mapped[uuid.UUID]
    sales_rep_id: Mapped[uuid.UUID | None]
    sort_name: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(600))
    rank: Mapped[int]  # 2 insolvent, 1 above the limit, 0
    overdue: Mapped[int] = mapped_column(BigInteger)
    outstanding: Mapped[int] = mapped_column(BigInteger)
    flags: Mapped[int]  # the filters it belongs to: `home.rules.FLAGS`, added up
