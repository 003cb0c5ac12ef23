"""The index of words in messages, brought up to date by the worker: sending a message costs nothing more.

PostgreSQL keeps an index of its own. Until the worker has come by, the newest messages of a thread are
searched as they are (`queries/searching.py`).
"""

from __future__ import annotations

from sqlalchemy import text

from webapp.extensions import db

MOST_THREADS, MOST_MESSAGES = 50, 400  # in one transaction: no other writer waits long
_BEHIND = text(
    "SELECT t.id, t.last_seq, coalesce(f.indexed_seq, 0) AS done FROM threads t"
    " LEFT JOIN messages_fts_threads f ON f.thread_id = t.id"
    " WHERE t.last_seq > coalesce(f.indexed_seq, 0) LIMIT :most"
)
_BEGIN = text("INSERT OR IGNORE INTO messages_fts_threads(thread_id, indexed_seq) VALUES (:id, 0)")
_ADD = text(
    "INSERT INTO messages_fts(rowid, body) SELECT f.number * 4294967296 + m.seq, m.body"
    " FROM messages_fts_threads f JOIN messages m ON m.thread_id = f.thread_id"
    " WHERE f.thread_id = :id AND m.seq > :done AND m.seq <= :upto AND m.body <> ''"
)
_NOTE = text("UPDATE messages_fts_threads SET indexed_seq = :upto WHERE thread_id = :id")


def index_messages() -> int:
    """Take the oldest messages that are not in the index into it, a few hundred; how many. No events."""
    if db.engine.dialect.name != "sqlite":
        return 0
    taken = 0
    for row in db.session.execute(_BEHIND, {"most": MOST_THREADS}).all():
        upto = min(row.last_seq, row.done + MOST_MESSAGES - taken)
        place = {"id": row.id, "done": row.done, "upto": upto}
        for statement in (_BEGIN, _ADD, _NOTE):
            db.session.execute(statement, place)
        taken += upto - row.done
        if taken >= MOST_MESSAGES:
            break
    return taken
