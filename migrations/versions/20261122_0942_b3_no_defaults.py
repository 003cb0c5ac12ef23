"""whoever writes an entry says its value: no defaults for it in the database

Revision ID: b3
Revises: b2
Create Date: 2026-11-22 09:42:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b3"
down_revision = "b2"
branch_labels = None
depends_on = None

COLUMNS = {
    "invoices": {"rate": str(10**9), "gross_value": "0", "open_value": "0"},
    "instalments": {"open_value": "0"},
    "payments": {"rate": str(10**9), "amount_value": "0", "unapplied_value": "0"},
    "client_balances": {"open_orders": "0"},
}


def _defaults(*, given: bool) -> None:
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for name, default in columns.items():
                batch.alter_column(
                    name, existing_type=sa.BigInteger(), server_default=default if given else None
                )


def upgrade() -> None:
    _defaults(given=False)


def downgrade() -> None:
    _defaults(given=True)
