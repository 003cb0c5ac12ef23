"""Verbs about imports: receive a file, check it, commit it, undo it, cancel it."""

from webapp.imports.services.checking import run_check
from webapp.imports.services.committing import pause_of, run_commit
from webapp.imports.services.receiving import (
    Arrival,
    cancel,
    discard_old_files,
    move_files,
    receive,
    request_commit,
    set_mapping,
    take_in,
)
from webapp.imports.services.undoing import undo

__all__ = [
    "Arrival",
    "cancel",
    "discard_old_files",
    "move_files",
    "pause_of",
    "receive",
    "request_commit",
    "run_check",
    "run_commit",
    "set_mapping",
    "take_in",
    "undo",
]
