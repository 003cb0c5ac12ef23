"""promises, tasks, requests for a credit note

Revision ID: p1
Revises: ms2
Create Date: 2026-11-25 09:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "p1"
down_revision = "ms2"
branch_labels = None
depends_on = None

_OPEN_PROMISE = sa.text("state = 'open'")
_OPEN_TASK = sa.text("done_at IS NULL")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    _promises()
    _tasks()
    _credit_requests()


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("fulfilled_on", sa.Date(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_promises_amount")),
        _key("promises", "client_id", "clients"),
        _key("promises", "invoice_id", "invoices"),
        _key("promises", "message_id", "messages"),
        _key("promises", "taken_by", "users"),
        _key("promises", "withdrawn_by", "users"),
        _key("promises", "replaced_by", "promises"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index("ix_promises_client", "promises", ["client_id", "promised_on"])
    op.create_index(op.f("ix_promises_invoice_id"), "promises", ["invoice_id"])
    op.create_index(op.f("ix_promises_taken_by"), "promises", ["taken_by"])
    op.create_index(
        "ix_promises_open",
        "promises",
        ["promised_on"],
        sqlite_where=_OPEN_PROMISE,
        postgresql_where=_OPEN_PROMISE,
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        _key("tasks", "client_id", "clients"),
        _key("tasks", "message_id", "messages"),
        _key("tasks", "owner_id", "users"),
        _key("tasks", "created_by", "users"),
        _key("tasks", "done_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_thread_id"), "tasks", ["thread_id"])
    op.create_index(op.f("ix_tasks_client_id"), "tasks", ["client_id"])
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["owner_id", "due_on"],
        sqlite_where=_OPEN_TASK,
        postgresql_where=_OPEN_TASK,
    )


def _credit_requests() -> None:
    op.create_table(
        "credit_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("credit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_requests_amount")),
        _key("credit_requests", "invoice_id", "invoices"),
        _key("credit_requests", "client_id", "clients"),
        _key("credit_requests", "message_id", "messages"),
        _key("credit_requests", "asked_by", "users"),
        _key("credit_requests", "answered_by", "users"),
        _key("credit_requests", "credit_id", "invoices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_requests")),
    )
    for column in ("invoice_id", "client_id", "credit_id"):
        op.create_index(op.f(f"ix_credit_requests_{column}"), "credit_requests", [column])
    op.create_index("ix_credit_requests_state", "credit_requests", ["state", "asked_at"])


def downgrade() -> None:
    for table in ("credit_requests", "tasks", "promises"):
        op.drop_table(table)
