"""How work under way hears that somebody asked to stop it."""

from __future__ import annotations

from webapp.imports.models import Import


class Cancelled(Exception):
    """Somebody asked to stop."""


def stop_if_asked(row: Import) -> None:
    """Raises Cancelled when somebody did."""
    if row.cancel_requested:
        raise Cancelled
