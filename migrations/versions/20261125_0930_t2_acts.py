"""acts shown in threads

Revision ID: t2
Revises: x1
Create Date: 2026-11-25 09:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "t2"
down_revision = "x1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("act_kind", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("act_id", sa.Uuid(), nullable=True))
        batch.create_check_constraint(op.f("ck_messages_act"), "(kind = 'act') = (act_id IS NOT NULL)")
        batch.create_check_constraint(op.f("ck_messages_act_kind"), "(act_kind IS NULL) = (act_id IS NULL)")
    op.create_index(
        "ix_messages_act",
        "messages",
        ["act_id"],
        sqlite_where=sa.text("act_id IS NOT NULL"),
        postgresql_where=sa.text("act_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_act", table_name="messages")
    with op.batch_alter_table("messages") as batch:
        batch.drop_constraint(op.f("ck_messages_act_kind"), type_="check")
        batch.drop_constraint(op.f("ck_messages_act"), type_="check")
        batch.drop_column("act_id")
        batch.drop_column("act_kind")
