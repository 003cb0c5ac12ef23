"""Files that wait belong in a copy."""

from __future__ import annotations

from flask import Flask

from webapp.core.backups.kept import keep_in_backups, move_after_restore
from webapp.exports import services

FOLDER = "exports"


def register(_app: Flask) -> None:
    """Adds no command; says what a backup keeps."""
    keep_in_backups(FOLDER)
    move_after_restore(FOLDER, lambda instance: services.move_files(instance / FOLDER))
