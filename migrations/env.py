"""Alembic's environment: migrations run inside the application, in one transaction each."""

from __future__ import annotations

from alembic import context
from flask import current_app

from webapp.extensions import db

# Tables that a search index keeps for itself, and indexes that only one database knows.
SHADOW_SUFFIXES = (
    "_fts",
    "_fts_data",
    "_fts_idx",
    "_fts_docsize",
    "_fts_config",
    "_fts_content",
    "_fts_threads",
)
ONE_DATABASE = ("_trgm", "_fts")


def include_object(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    own = {"table": SHADOW_SUFFIXES, "index": ONE_DATABASE}.get(kind)
    return not (own and reflected and name and name.endswith(own))


def run() -> None:
    args = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=include_object,
            transaction_per_migration=True,
            **args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
