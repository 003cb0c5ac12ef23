"""guarantees; alerts of what ends, put to sleep, gone up

Revision ID: gu1
Revises: dn1
Create Date: 2026-11-30 19:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "gu1"
down_revision = "dn1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guarantees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("giver", sa.String(120), nullable=False),
        sa.Column("reference", sa.String(64), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("cover", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_guarantees_amount")),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("ck_guarantees_share")),
        sa.CheckConstraint("cover BETWEEN 0 AND amount", name=op.f("ck_guarantees_cover")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_guarantees_days")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_guarantees_client_id_clients")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_guarantees_recorded_by_users")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name=op.f("fk_guarantees_withdrawn_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantees")),
    )
    op.create_index("ix_guarantees_client", "guarantees", ["client_id", "ends_on"])
    op.create_index("ix_guarantees_ends_on", "guarantees", ["ends_on"])
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("snoozed_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("snooze_reason", sa.String(400), nullable=True))
        batch.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_alerts_snoozed", "alerts", ["state", "snoozed_until"])


def downgrade() -> None:
    op.drop_index("ix_alerts_snoozed", table_name="alerts")
    with op.batch_alter_table("alerts") as batch:
        for name in ("ends_on", "snoozed_until", "snooze_reason", "escalated_at"):
            batch.drop_column(name)
    op.drop_table("guarantees")
