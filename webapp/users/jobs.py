"""Periodic work of the audit trail."""

from __future__ import annotations

from webapp.core.jobs import job
from webapp.core.schedule import every
from webapp.users import audit


@job("audit.seal")
def _seal() -> None:
    audit.seal_recent()


every("audit.seal", seconds=5)
