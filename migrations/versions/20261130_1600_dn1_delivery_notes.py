"""delivery notes, and the exposure kept with each balance

Revision ID: dn1
Revises: lr4
Create Date: 2026-11-30 16:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "dn1"
down_revision = "lr4"
branch_labels = None
depends_on = None

FIGURES = ("unbilled_amount", "exposure")


def upgrade() -> None:
    op.create_table(
        "delivery_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(64), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("open_value", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0 AND open_value >= 0", name=op.f("ck_delivery_notes_amounts")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_delivery_notes_client_id_clients")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_delivery_notes_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_delivery_notes_invoice_id_invoices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_notes")),
        sa.UniqueConstraint("ref", name=op.f("uq_delivery_notes_ref")),
    )
    op.create_index("ix_delivery_notes_client", "delivery_notes", ["client_id", "delivered_on", "id"])
    op.create_index(op.f("ix_delivery_notes_order_id"), "delivery_notes", ["order_id"])
    op.create_index(op.f("ix_delivery_notes_invoice_id"), "delivery_notes", ["invoice_id"])
    with op.batch_alter_table("client_balances") as batch:
        for name in FIGURES:
            batch.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE client_balances SET exposure = outstanding")
    with op.batch_alter_table("client_balances") as batch:
        for name in FIGURES:
            batch.alter_column(name, server_default=None)
    _keep_orders_out()


def downgrade() -> None:
    with op.batch_alter_table("client_balances") as batch:
        for name in FIGURES:
            batch.drop_column(name)
    op.drop_table("delivery_notes")


def _keep_orders_out() -> None:
    """What limits are held against does not change by an upgrade: orders count once somebody says so."""
    company = sa.table("company", sa.column("id", sa.Integer), sa.column("settings", sa.JSON))
    for row in op.get_bind().execute(sa.select(company)).all():
        settings = {**(row.settings or {}), "exposure_orders": False}
        op.execute(company.update().where(company.c.id == row.id).values(settings=settings))
