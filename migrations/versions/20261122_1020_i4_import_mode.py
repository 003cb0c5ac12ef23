"""an import says whether its file is everything that is open (stock) or what is new (delta)

Revision ID: i4
Revises: i3
Create Date: 2026-11-22 10:20:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i4"
down_revision = "i3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("imports") as batch:
        batch.add_column(sa.Column("mode", sa.String(length=8), nullable=False, server_default="delta"))
    with op.batch_alter_table("imports") as batch:
        batch.alter_column("mode", existing_type=sa.String(length=8), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("imports") as batch:
        batch.drop_column("mode")
