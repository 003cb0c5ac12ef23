"""How long files stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from webapp.core.clock import now
from webapp.exports.models import Export
from webapp.extensions import db

KEPT = timedelta(days=7)


def discard_old_files() -> int:
    """Delete files a week after they were asked for; returns how many. What was asked stays noted."""
    old = select(Export).where(Export.created_at < now() - KEPT, Export.state.in_(("done", "failed")))
    rows = db.session.scalars(old.where(Export.path != "")).all()
    for row in rows:
        Path(row.path).unlink(missing_ok=True)
        row.path, row.state = "", "expired"
    return len(rows)


def move_files(folder: Path) -> None:
    """Files stand in `folder` now: a copy was restored in another place."""
    for row in db.session.scalars(select(Export).where(Export.path != "")):
        row.path = str(folder / Path(row.path).name)
