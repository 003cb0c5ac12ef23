"""search in threads: an index of words that the database keeps

SQLite: FTS5 without a copy of the texts; a row's number is its thread's number and the message's seq, so
that a thread is a range of the index. The worker writes it (a trigger would cost every message sent), what
is reworded or taken back is followed by triggers: a later migration that copies the table `messages` (a
batch on SQLite) must make them again. PostgreSQL: an index on the folded text. Accents and case do not count.

Revision ID: ms2
Revises: ms1
Create Date: 2026-11-25 10:20:00
"""

from __future__ import annotations

from alembic import op

revision = "ms2"
down_revision = "ms1"
branch_labels = None
depends_on = None

ROW = (
    "{{act}} SELECT {{head}}f.number * 4294967296 + {row}.seq, {row}.body FROM messages_fts_threads f"
    " WHERE f.thread_id = {row}.thread_id AND {row}.seq <= f.indexed_seq AND {row}.body <> '';"
)
ADD = ROW.format(row="new").format(act="INSERT INTO messages_fts(rowid, body)", head="")
TAKE = ROW.format(row="old").format(
    act="INSERT INTO messages_fts(messages_fts, rowid, body)", head="'delete', "
)
TRIGGERS = {
    "messages_fts_update": f"AFTER UPDATE OF body ON messages WHEN old.body <> new.body BEGIN {TAKE} {ADD}",
    "messages_fts_delete": f"AFTER DELETE ON messages BEGIN {TAKE}",
}
FOLD = r"""
CREATE FUNCTION encours_fold(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT regexp_replace(
  regexp_replace(lower(normalize(said, NFD)), '[\u0300-\u036f]', '', 'g'),
  '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u20a0-\u20cf\u3000-\u303f]+', ' ', 'g')
$$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TABLE messages_fts_threads (number INTEGER PRIMARY KEY,"
            " thread_id CHAR(32) NOT NULL UNIQUE, indexed_seq INTEGER NOT NULL)"
        )
        op.execute(
            "CREATE VIRTUAL TABLE messages_fts USING fts5("
            "body, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2')"
        )
        for name, act in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {act} END")
        op.execute("INSERT INTO messages_fts_threads(thread_id, indexed_seq) SELECT id, last_seq FROM threads")
        op.execute(
            "INSERT INTO messages_fts(rowid, body) SELECT f.number * 4294967296 + m.seq, m.body"
            " FROM messages_fts_threads f JOIN messages m ON m.thread_id = f.thread_id WHERE m.body <> ''"
        )
    else:
        op.execute(FOLD)
        op.execute(
            "CREATE INDEX ix_messages_search_fts ON messages"
            " USING gin (to_tsvector('simple', encours_fold(body))) WHERE body <> ''"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute("DROP TABLE messages_fts")
        op.execute("DROP TABLE messages_fts_threads")
    else:
        op.execute("DROP INDEX ix_messages_search_fts")
        op.execute("DROP FUNCTION encours_fold(text)")
