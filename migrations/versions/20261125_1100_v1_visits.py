"""visits, facts seen there, acknowledgements of debt

Revision ID: v1
Revises: p1
Create Date: 2026-11-25 11:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v1"
down_revision = "p1"
branch_labels = None
depends_on = None

_LIVE_FACT = sa.text("ended_at IS NULL AND replaced_by IS NULL")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    _kinds()
    _visits()
    _facts()
    _links()
    _acknowledgements()


def _kinds() -> None:
    op.create_table(
        "fact_kinds",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 730", name=op.f("ck_fact_kinds_days")),
        sa.CheckConstraint("weight BETWEEN -10 AND 10", name=op.f("ck_fact_kinds_weight")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_fact_kinds")),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("met", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("promise_id", sa.Uuid(), nullable=True),
        sa.Column("here_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('good', 'mixed', 'bad')", name=op.f("ck_visits_outcome")),
        _key("visits", "client_id", "clients"),
        _key("visits", "promise_id", "promises"),
        _key("visits", "recorded_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_client", "visits", ["client_id", "visited_at"])
    op.create_index("ix_visits_visited", "visits", ["visited_at", "id"])
    op.create_index(op.f("ix_visits_recorded_by"), "visits", ["recorded_by"])


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("weight BETWEEN -10 AND 10", name=op.f("ck_facts_weight")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_facts_ended")),
        _key("facts", "client_id", "clients"),
        _key("facts", "visit_id", "visits"),
        _key("facts", "noted_by", "users"),
        _key("facts", "confirmed_by", "users"),
        _key("facts", "ended_by", "users"),
        _key("facts", "replaced_by", "facts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index("ix_facts_client", "facts", ["client_id", "noted_at"])
    op.create_index(op.f("ix_facts_visit_id"), "facts", ["visit_id"])
    op.create_index(
        "ix_facts_live",
        "facts",
        ["client_id", "expires_on"],
        sqlite_where=_LIVE_FACT,
        postgresql_where=_LIVE_FACT,
    )


def _links() -> None:
    op.create_table(
        "fact_links",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("subject_type", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        _key("fact_links", "fact_id", "facts"),
        _key("fact_links", "linked_by", "users"),
        sa.PrimaryKeyConstraint("fact_id", "subject_type", "subject_id", name=op.f("pk_fact_links")),
    )
    op.create_index("ix_fact_links_subject", "fact_links", ["subject_type", "subject_id"])


def _acknowledgements() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("creditor", sa.String(length=200), nullable=False),
        sa.Column("creditor_siren", sa.String(length=9), nullable=False),
        sa.Column("debtor", sa.String(length=200), nullable=False),
        sa.Column("debtor_siren", sa.String(length=9), nullable=False),
        sa.Column("signatory", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.String(length=120), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_id", sa.Uuid(), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_acknowledgements_amount")),
        _key("acknowledgements", "client_id", "clients"),
        _key("acknowledgements", "visit_id", "visits"),
        _key("acknowledgements", "signature_id", "stored_files"),
        _key("acknowledgements", "pdf_id", "stored_files"),
        _key("acknowledgements", "recorded_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_acknowledgements_visit_id")),
    )
    op.create_index(op.f("ix_acknowledgements_client_id"), "acknowledgements", ["client_id"])


def downgrade() -> None:
    for table in ("acknowledgements", "fact_links", "facts", "visits", "fact_kinds"):
        op.drop_table(table)
