"""JSON about stored files: bring one, at once or in pieces, and save one."""

from webapp.files.api import files, resuming
from webapp.files.api.shell import blp

__all__ = ["blp", "files", "resuming"]
