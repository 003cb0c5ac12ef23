"""authority over limits given for a time, and in whose place a step was taken

Revision ID: lr4
Revises: lr3
Create Date: 2026-11-30 14:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "lr4"
down_revision = "lr3"
branch_labels = None
depends_on = None

PLACES = {"first_for": "first_for <> asked_by", "decided_for": "decided_for <> asked_by"}


def upgrade() -> None:
    op.create_table(
        "approval_delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_approval_delegations_two")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_approval_delegations_days")),
        sa.ForeignKeyConstraint(["from_id"], ["users.id"], name=op.f("fk_approval_delegations_from_id_users")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_approval_delegations_to_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_delegations")),
    )
    op.create_index(op.f("ix_approval_delegations_from_id"), "approval_delegations", ["from_id"])
    op.create_index(op.f("ix_approval_delegations_to_id"), "approval_delegations", ["to_id"])
    with op.batch_alter_table("limit_requests") as batch:
        for name, rule in PLACES.items():
            batch.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_limit_requests_{name}_users"), "users", [name], ["id"])
            batch.create_check_constraint(op.f(f"ck_limit_requests_{name}"), f"{name} IS NULL OR {rule}")
    with op.batch_alter_table("limit_request_steps") as batch:
        batch.add_column(sa.Column("for_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_limit_request_steps_for_id_users"), "users", ["for_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("limit_request_steps") as batch:
        batch.drop_constraint(op.f("fk_limit_request_steps_for_id_users"), type_="foreignkey")
        batch.drop_column("for_id")
    with op.batch_alter_table("limit_requests") as batch:
        for name in PLACES:
            batch.drop_constraint(op.f(f"ck_limit_requests_{name}"), type_="check")
            batch.drop_constraint(op.f(f"fk_limit_requests_{name}_users"), type_="foreignkey")
            batch.drop_column(name)
    op.drop_table("approval_delegations")
