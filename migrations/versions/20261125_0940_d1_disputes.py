"""disputes and their reasons

Revision ID: d1
Revises: t2
Create Date: 2026-11-25 09:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d1"
down_revision = "t2"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "dispute_reasons",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("resolver_id", sa.Uuid(), nullable=True),
        sa.Column("delay_days", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("delay_days BETWEEN 1 AND 365", name=op.f("ck_dispute_reasons_delay")),
        sa.ForeignKeyConstraint(
            ["resolver_id"], ["users.id"], name=op.f("fk_dispute_reasons_resolver_id_users")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_dispute_reasons")),
    )
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("open_value", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("resolver_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_amount", sa.BigInteger(), nullable=True),
        sa.Column("proposed_text", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credit_id", sa.Uuid(), nullable=True),
        sa.Column("resolution_amount", sa.BigInteger(), nullable=True),
        sa.Column("resolution_text", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND open >= 0 AND open <= amount AND open_value >= 0",
            name=op.f("ck_disputes_amounts"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'waiting_us', 'waiting_client', 'accepted_credit', 'accepted_partly',"
            " 'rejected', 'withdrawn', 'closed_by_payment')",
            name=op.f("ck_disputes_state"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'waiting_us', 'waiting_client'))",
            name=op.f("ck_disputes_closed"),
        ),
        sa.CheckConstraint("closed_at IS NULL OR open = 0", name=op.f("ck_disputes_nothing_left")),
        sa.CheckConstraint(
            "proposed_amount > 0 AND proposed_amount <= amount", name=op.f("ck_disputes_proposal")
        ),
        sa.CheckConstraint(
            "resolution_amount >= 0 AND resolution_amount <= amount", name=op.f("ck_disputes_resolution")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_disputes_invoice_id_invoices")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_disputes_client_id_clients")),
        sa.ForeignKeyConstraint(["resolver_id"], ["users.id"], name=op.f("fk_disputes_resolver_id_users")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_disputes_opened_by_users")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_disputes_message_id_messages")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.id"], name=op.f("fk_disputes_proposed_by_users")),
        sa.ForeignKeyConstraint(["credit_id"], ["invoices.id"], name=op.f("fk_disputes_credit_id_invoices")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_disputes_closed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index("ix_disputes_invoice", "disputes", ["invoice_id"])
    op.create_index(
        "ix_disputes_open_client",
        "disputes",
        ["client_id", "open_value"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_disputes_open_due", "disputes", ["due_on", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_disputes_opened", "disputes", ["opened_at", "id"])
    op.create_index(op.f("ix_disputes_resolver_id"), "disputes", ["resolver_id"])


def downgrade() -> None:
    op.drop_table("disputes")
    op.drop_table("dispute_reasons")
