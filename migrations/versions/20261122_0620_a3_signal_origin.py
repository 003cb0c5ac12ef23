"""which process wrote a signal, so that it does not read its own

Revision ID: a3
Revises: a2
Create Date: 2026-11-22 06:20:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("signals") as batch:
        batch.add_column(sa.Column("origin", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("signals") as batch:
        batch.drop_column("origin")
