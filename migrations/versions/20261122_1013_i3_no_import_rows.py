"""staged rows have no table of their own any more

Revision ID: i3
Revises: i2
Create Date: 2026-11-22 10:12:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i3"
down_revision = "i2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("import_rows")


def downgrade() -> None:
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("errors", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
    )
    with op.batch_alter_table("import_rows") as batch:
        batch.create_index("ix_import_rows_outcome", ["import_id", "outcome", "line"], unique=False)
