"""limit requests and their steps

Revision ID: lr1
Revises: v1
Create Date: 2026-11-30 08:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "lr1"
down_revision = "v1"
branch_labels = None
depends_on = None


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "limit_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("max_days_late", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("judged", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_limit_requests_amount")),
        sa.CheckConstraint("granted >= 0 AND granted <= amount", name=op.f("ck_limit_requests_granted")),
        sa.CheckConstraint(
            "state IN ('open', 'returned', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_limit_requests_state"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (limit_id IS NOT NULL)", name=op.f("ck_limit_requests_approved")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_limit_requests_four_eyes")
        ),
        sa.CheckConstraint(
            "first_by IS NULL OR (first_by <> asked_by AND first_by <> decided_by)",
            name=op.f("ck_limit_requests_first"),
        ),
        _key("limit_requests", "client_id", "clients"),
        _key("limit_requests", "asked_by", "users"),
        _key("limit_requests", "first_by", "users"),
        _key("limit_requests", "decided_by", "users"),
        _key("limit_requests", "limit_id", "credit_limits"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_requests")),
    )
    op.create_index("ix_limit_requests_client", "limit_requests", ["client_id", "asked_at"])
    op.create_index("ix_limit_requests_state", "limit_requests", ["state", "asked_at", "id"])
    op.create_index(op.f("ix_limit_requests_asked_by"), "limit_requests", ["asked_by"])
    op.create_table(
        "limit_request_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        _key("limit_request_steps", "request_id", "limit_requests"),
        _key("limit_request_steps", "by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_request_steps")),
    )
    op.create_index("ix_limit_request_steps_request", "limit_request_steps", ["request_id", "id"])


def downgrade() -> None:
    op.drop_table("limit_request_steps")
    op.drop_table("limit_requests")
