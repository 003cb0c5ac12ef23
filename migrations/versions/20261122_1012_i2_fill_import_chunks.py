"""rows staged before stand in chunks too, so that their imports can still be read and undone

Revision ID: i2
Revises: i1
Create Date: 2026-11-22 10:11:00
"""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import polars as pl
import sqlalchemy as sa
from alembic import op

revision = "i2"
down_revision = "i1"
branch_labels = None
depends_on = None

SIZE = 20_000
DAYS, TYPES = ("issued_on", "due_on", "settled_on"), {"gross": pl.Int64, "due_computed": pl.Boolean}
ROWS = sa.table("import_rows", *(sa.column(n) for n in ("import_id", "line", "outcome", "values", "before", "errors")))
CHUNKS = sa.table(
    "import_chunks",
    sa.column("import_id"),
    sa.column("number"),
    sa.column("last_line"),
    sa.column("counts", sa.JSON()),
    sa.column("body", sa.LargeBinary()),
)


def upgrade() -> None:
    connection = op.get_bind()
    for import_id in connection.execute(sa.select(ROWS.c.import_id).distinct()).scalars().all():
        number, after = 0, 0
        while rows := connection.execute(
            sa.select(ROWS)
            .where(ROWS.c.import_id == import_id, ROWS.c.line > after)
            .order_by(ROWS.c.line)
            .limit(SIZE)
        ).all():
            after = rows[-1].line
            counts = dict(Counter(row.outcome for row in rows))
            connection.execute(
                sa.insert(CHUNKS).values(
                    import_id=import_id, number=number, last_line=after, counts=counts, body=_body(rows)
                )
            )
            number += 1


def _body(rows: Any) -> bytes:
    said = [{"line": row.line, "outcome": row.outcome, **_read(row.values)} for row in rows]
    names = dict.fromkeys(name for each in said for name in each)
    kinds = {name: TYPES.get(name, pl.String) for name in names} | {"line": pl.UInt32}
    frame = pl.DataFrame(said, schema=kinds).with_columns(
        *(pl.col(name).str.to_date() for name in DAYS if name in names),
        pl.Series("before", [_text(row.before) for row in rows], pl.String),
        pl.Series("errors", [_text(row.errors) for row in rows], pl.String),
    )
    target = io.BytesIO()
    frame.write_ipc(target, compression="zstd")
    return target.getvalue()


def _read(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def _text(value: Any) -> str | None:
    found = json.loads(value) if isinstance(value, str) else value
    return json.dumps(found) if found else None


def downgrade() -> None:
    """The rows are still there."""
    op.execute(sa.delete(CHUNKS))
