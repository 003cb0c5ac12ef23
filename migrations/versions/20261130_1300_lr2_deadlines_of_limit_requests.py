"""limit requests have a day by which they are answered, and end unanswered

Revision ID: lr2
Revises: lr1
Create Date: 2026-11-30 13:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "lr2"
down_revision = "lr1"
branch_labels = None
depends_on = None

STATE = "ck_limit_requests_state"
BEFORE = "state IN ('open', 'returned', 'approved', 'rejected', 'withdrawn')"
NOW = "state IN ('open', 'returned', 'approved', 'rejected', 'withdrawn', 'expired')"


def upgrade() -> None:
    with op.batch_alter_table("limit_requests") as batch:
        batch.add_column(sa.Column("answer_by", sa.Date(), nullable=True))
        batch.drop_constraint(op.f(STATE), type_="check")
        batch.create_check_constraint(op.f(STATE), NOW)
    op.create_index("ix_limit_requests_answer_by", "limit_requests", ["state", "answer_by"])


def downgrade() -> None:
    op.execute("UPDATE limit_requests SET state = 'withdrawn' WHERE state = 'expired'")
    op.drop_index("ix_limit_requests_answer_by", "limit_requests")
    with op.batch_alter_table("limit_requests") as batch:
        batch.drop_constraint(op.f(STATE), type_="check")
        batch.create_check_constraint(op.f(STATE), BEFORE)
        batch.drop_column("answer_by")
