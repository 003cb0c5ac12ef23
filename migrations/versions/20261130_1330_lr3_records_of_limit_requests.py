"""the record of a decision on a limit request, on paper

Revision ID: lr3
Revises: lr2
Create Date: 2026-11-30 13:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "lr3"
down_revision = "lr2"
branch_labels = None
depends_on = None

RECORD = "fk_limit_requests_record_id_stored_files"


def upgrade() -> None:
    with op.batch_alter_table("limit_requests") as batch:
        batch.add_column(sa.Column("record_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("record_sha256", sa.String(length=64), nullable=True))
        batch.create_foreign_key(op.f(RECORD), "stored_files", ["record_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("limit_requests") as batch:
        batch.drop_constraint(op.f(RECORD), type_="foreignkey")
        batch.drop_column("record_sha256")
        batch.drop_column("record_id")
