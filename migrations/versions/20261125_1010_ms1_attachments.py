"""files hang on messages: their place, what pictures and sounds measure

Revision ID: ms1
Revises: w1
Create Date: 2026-11-25 10:10:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ms1"
down_revision = "w1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a batch: it would copy the table of messages.
    op.add_column("messages", sa.Column("file_count", sa.SmallInteger(), nullable=True))
    for name in ("width", "height", "duration_ms"):
        op.add_column("stored_files", sa.Column(name, sa.Integer(), nullable=True))
    with op.batch_alter_table("stored_files") as batch:
        batch.add_column(sa.Column("position", sa.SmallInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("stored_files") as batch:
        batch.alter_column("position", existing_type=sa.SmallInteger(), server_default=None)
    op.create_index("ix_stored_files_subject", "stored_files", ["subject_id", "position"])


def downgrade() -> None:
    op.drop_index("ix_stored_files_subject", "stored_files")
    with op.batch_alter_table("stored_files") as batch:
        for name in ("position", "duration_ms", "height", "width"):
            batch.drop_column(name)
    op.drop_column("messages", "file_count")
