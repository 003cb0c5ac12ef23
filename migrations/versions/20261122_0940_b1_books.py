"""the books: currencies, credits that settle, matchings, write-offs, returned payments, orders

Revision ID: b1
Revises: l2
Create Date: 2026-11-22 09:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b1"
down_revision = "l2"
branch_labels = None
depends_on = None

LIVE = sa.text("voided_at IS NULL")
OPEN = sa.text("open > 0")
UNIT = str(10**9)


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("billed", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("open_value", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND billed >= 0 AND open_value >= 0", name=op.f("ck_orders_amounts")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_orders_client_id_clients")),
        sa.ForeignKeyConstraint(["quote_id"], ["orders.id"], name=op.f("fk_orders_quote_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_client", "orders", ["client_id", "issued_on", "id"])
    op.create_index("ix_orders_import_id", "orders", ["import_id"])
    op.create_index(
        "uq_orders_ref_live", "orders", ["kind", "ref"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_table(
        "exchange_rates",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("currency", "on", name=op.f("pk_exchange_rates")),
    )
    op.create_table(
        "matchings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_on", sa.Date(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_matchings_client_id_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchings")),
    )
    op.create_index("ix_matchings_client", "matchings", ["client_id", "made_at"])
    op.create_index("ix_matchings_import_id", "matchings", ["import_id"])
    op.create_table(
        "write_offs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_write_offs_amount")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_write_offs_client_id_clients")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["invoices.id"], name=op.f("fk_write_offs_document_id_invoices")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_write_offs_invoice_id_invoices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_offs")),
    )
    for column in ("client_id", "document_id", "invoice_id"):
        op.create_index(f"ix_write_offs_{column}", "write_offs", [column])
    op.create_index("ix_write_offs_state", "write_offs", ["state", "requested_at"])

    with op.batch_alter_table("invoices") as batch:
        batch.add_column(sa.Column("rate", sa.BigInteger(), nullable=False, server_default=UNIT))
        batch.add_column(sa.Column("gross_value", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("open_value", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("order_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_invoices_order_id_orders", "orders", ["order_id"], ["id"])
    op.create_index("ix_invoices_order_id", "invoices", ["order_id"])
    with op.batch_alter_table("instalments") as batch:
        batch.add_column(sa.Column("open_value", sa.BigInteger(), nullable=False, server_default="0"))
        batch.drop_index("ix_instalments_open")
    op.create_index(
        "ix_instalments_open",
        "instalments",
        ["client_id", "due_on", "open_value", "sign"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    with op.batch_alter_table("payments") as batch:
        batch.add_column(sa.Column("rate", sa.BigInteger(), nullable=False, server_default=UNIT))
        batch.add_column(sa.Column("amount_value", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("unapplied_value", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("method", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("returned_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("return_reason", sa.String(length=20), nullable=True))
    with op.batch_alter_table("allocations") as batch:
        batch.alter_column("payment_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("credit_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("matching_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_allocations_credit_id_invoices", "invoices", ["credit_id"], ["id"])
        batch.create_foreign_key("fk_allocations_matching_id_matchings", "matchings", ["matching_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_allocations_one_source"), "(payment_id IS NULL) <> (credit_id IS NULL)"
        )
    op.create_index("ix_allocations_credit_id", "allocations", ["credit_id"])
    op.create_index("ix_allocations_matching_id", "allocations", ["matching_id"])
    op.add_column(
        "client_balances", sa.Column("open_orders", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.execute("DELETE FROM allocations WHERE payment_id IS NULL")
    with op.batch_alter_table("client_balances") as batch:
        batch.drop_column("open_orders")
    op.drop_index("ix_allocations_matching_id", "allocations")
    op.drop_index("ix_allocations_credit_id", "allocations")
    with op.batch_alter_table("allocations") as batch:
        batch.drop_constraint(op.f("ck_allocations_one_source"), type_="check")
        batch.drop_constraint("fk_allocations_matching_id_matchings", type_="foreignkey")
        batch.drop_constraint("fk_allocations_credit_id_invoices", type_="foreignkey")
        batch.drop_column("matching_id")
        batch.drop_column("credit_id")
        batch.alter_column("payment_id", existing_type=sa.Uuid(), nullable=False)
    with op.batch_alter_table("payments") as batch:
        for column in ("return_reason", "returned_at", "returned_on", "method"):
            batch.drop_column(column)
        for column in ("unapplied_value", "amount_value", "rate"):
            batch.drop_column(column)
    op.drop_index("ix_instalments_open", "instalments")
    with op.batch_alter_table("instalments") as batch:
        batch.drop_column("open_value")
    op.create_index(
        "ix_instalments_open",
        "instalments",
        ["client_id", "due_on", "open", "sign"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.drop_index("ix_invoices_order_id", "invoices")
    with op.batch_alter_table("invoices") as batch:
        batch.drop_constraint("fk_invoices_order_id_orders", type_="foreignkey")
        for column in ("order_id", "open_value", "gross_value", "rate"):
            batch.drop_column(column)
    op.drop_table("write_offs")
    op.drop_table("matchings")
    op.drop_table("exchange_rates")
    op.drop_table("orders")
