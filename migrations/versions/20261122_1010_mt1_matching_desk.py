"""the matching desk: proposals turned down, matchings accepted together, payments by day

Revision ID: mt1
Revises: b3
Create Date: 2026-11-22 10:10:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mt1"
down_revision = "b3"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_payments_received": "voided_at IS NULL",
    "ix_payments_returned": "returned_on IS NOT NULL AND voided_at IS NULL",
    "ix_payments_to_match": "unapplied > 0 AND voided_at IS NULL",
}


def upgrade() -> None:
    op.create_table(
        "refused_proposals",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("refused_by", sa.Uuid(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refused_proposals_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("payment_id", "key", name=op.f("pk_refused_proposals")),
    )
    with op.batch_alter_table("matchings") as batch:
        batch.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        batch.create_index("ix_matchings_batch_id", ["batch_id"])
    for name, where in INDEXES.items():
        op.create_index(
            name,
            "payments",
            ["received_on", "id"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="payments")
    with op.batch_alter_table("matchings") as batch:
        batch.drop_index("ix_matchings_batch_id")
        batch.drop_column("batch_id")
    op.drop_table("refused_proposals")
