"""Verbs about exports: ask for one, write it, cancel it, forget old files."""

from webapp.exports.services.asking import Asked, Made, ask, cancel, enqueue_export, make_now, record_made
from webapp.exports.services.keeping import discard_old_files, move_files
from webapp.exports.services.writing import give_up, run_export

__all__ = [
    "Asked",
    "Made",
    "ask",
    "cancel",
    "discard_old_files",
    "enqueue_export",
    "give_up",
    "make_now",
    "move_files",
    "record_made",
    "run_export",
]
