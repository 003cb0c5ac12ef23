"""Stored files belong in every copy; where they lie is said once."""

from __future__ import annotations

from flask import Flask

from webapp.core.backups.kept import keep_in_backups
from webapp.files.depot import install as install_depot
from webapp.files.storage import FOLDER


def register(app: Flask) -> None:
    """No command of its own: what it keeps, and where."""
    keep_in_backups(FOLDER)
    install_depot(app)
