"""lines of the clients that are there already

Revision ID: l2
Revises: l1
Create Date: 2026-11-22 07:10:00
"""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "l2"
down_revision = "l1"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO client_lines (
    client_id, branch_id, sales_rep_id, sort_name, search_text, rank, overdue, outstanding, flags
)
SELECT id, branch_id, sales_rep_id, sort_name, search_text,
    CASE WHEN insolvency IS NOT NULL THEN 2 WHEN outstanding > allowed THEN 1 ELSE 0 END,
    overdue, outstanding,
    CASE WHEN outstanding > allowed THEN 1 ELSE 0 END
        + CASE WHEN overdue > 0 THEN 2 ELSE 0 END
        + CASE WHEN overdue > 0 AND overdue_since < :long_ago THEN 4 ELSE 0 END
        + CASE WHEN allowed IS NULL THEN 8 ELSE 0 END
FROM (
    SELECT c.id, c.branch_id, c.sales_rep_id, c.sort_name, c.search_text, c.insolvency,
        COALESCE(b.outstanding, 0) AS outstanding, COALESCE(b.overdue, 0) AS overdue, b.overdue_since,
        CASE WHEN l.ends_on < :today THEN 0 ELSE l.amount END AS allowed
    FROM clients c
    LEFT JOIN client_balances b ON b.client_id = c.id
    LEFT JOIN credit_limits l ON l.client_id = c.id AND l.replaced_at IS NULL
    WHERE c.archived_at IS NULL
) AS standing
ORDER BY id
"""


def upgrade() -> None:
    day = date.today()
    statement = sa.text(FILL).bindparams(
        sa.bindparam("today", day, sa.Date()), sa.bindparam("long_ago", day - timedelta(days=60), sa.Date())
    )
    op.execute(statement)
    op.execute("ANALYZE")


def downgrade() -> None:
    op.execute("DELETE FROM client_lines")
