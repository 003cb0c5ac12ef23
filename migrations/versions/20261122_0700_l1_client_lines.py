"""the list of clients: one narrow row a client, a search index, indexes for large companies

Revision ID: l1
Revises: m1
Create Date: 2026-11-22 07:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "l1"
down_revision = "m1"
branch_labels = None
depends_on = None

LIVE = sa.text("voided_at IS NULL")
OPEN = sa.text("open > 0 AND voided_at IS NULL")
URGENCY = ["rank", "overdue", "outstanding", "client_id", "flags"]


def upgrade() -> None:
    op.create_table(
        "client_lines",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("sales_rep_id", sa.Uuid(), nullable=True),
        sa.Column("sort_name", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.String(length=600), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_lines_client_id_clients")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_client_lines")),
        sa.UniqueConstraint("client_id", name=op.f("uq_client_lines_client_id")),
    )
    op.create_index("ix_client_lines_urgency", "client_lines", URGENCY)
    op.create_index("ix_client_lines_branch", "client_lines", ["branch_id", *URGENCY])
    op.create_index("ix_client_lines_rep", "client_lines", ["sales_rep_id", *URGENCY])
    op.create_index("ix_client_lines_name", "client_lines", ["sort_name", "client_id"])
    op.create_index("ix_client_lines_outstanding", "client_lines", ["outstanding", "client_id"])
    op.create_index("ix_client_lines_flags", "client_lines", ["flags"])
    op.create_index("ix_client_lines_branch_flags", "client_lines", ["branch_id", "flags"])
    _create_search()
    _index_refs("text_pattern_ops")
    op.create_index("ix_invoices_client_recorded", "invoices", ["client_id", "recorded_at", "id"])
    op.create_index("ix_payments_client_recorded", "payments", ["client_id", "recorded_at", "id"])
    op.create_index("ix_alerts_state_client", "alerts", ["state", "client_id"])
    op.create_index(
        "ix_invoices_client_open",
        "invoices",
        ["client_id", "due_on", "id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    _index_refs("text_ops")
    op.drop_index("ix_invoices_client_open", "invoices", sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index("ix_alerts_state_client", "alerts")
    op.drop_index("ix_payments_client_recorded", "payments")
    op.drop_index("ix_invoices_client_recorded", "invoices")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE client_lines_fts")
    op.drop_table("client_lines")


def _create_search() -> None:
    """Any three letters in a row: FTS5 on SQLite, pg_trgm on PostgreSQL where it can be had."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE client_lines_fts USING fts5("
            "search_text, content='client_lines', content_rowid='number', tokenize='trigram')"
        )
        added = "INSERT INTO client_lines_fts(rowid, search_text) VALUES (new.number, new.search_text);"
        taken = (
            "INSERT INTO client_lines_fts(client_lines_fts, rowid, search_text) "
            "VALUES ('delete', old.number, old.search_text);"
        )
        for name, act, body in (
            ("insert", "AFTER INSERT", added),
            ("delete", "AFTER DELETE", taken),
            ("update", "AFTER UPDATE OF number, search_text", taken + " " + added),
        ):
            when = "WHEN old.search_text <> new.search_text " if name == "update" else ""
            op.execute(
                f"CREATE TRIGGER client_lines_fts_{name} {act} ON client_lines {when}BEGIN {body} END"
            )
    elif bind.scalar(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute(
            "CREATE INDEX ix_client_lines_search_trgm ON client_lines USING gin (search_text gin_trgm_ops) "
            "WITH (fastupdate = off)"
        )


def _index_refs(operators: str) -> None:
    """PostgreSQL: one index finds a reference and, with pattern operators, everything that starts so."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX uq_invoices_ref_live")
        op.execute(
            f"CREATE UNIQUE INDEX uq_invoices_ref_live ON invoices (ref {operators}) WHERE voided_at IS NULL"
        )
