"""values in the company's currency of what is there already

Revision ID: b2
Revises: b1
Create Date: 2026-11-22 09:41:00
"""

from __future__ import annotations

from alembic import op

revision = "b2"
down_revision = "b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE invoices SET gross_value = gross, open_value = open")
    op.execute("UPDATE instalments SET open_value = open")
    op.execute("UPDATE payments SET amount_value = amount, unapplied_value = unapplied")


def downgrade() -> None:
    pass  # the columns go with the schema
