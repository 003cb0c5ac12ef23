"""SQLite: a consistent copy while others write, and a database file put back in one move."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from webapp.core.backups.manifest import BackupError
from webapp.extensions import db

WAIT_SECONDS = 30.0
COMPANIONS = ("-wal", "-shm")


@dataclass(frozen=True)
class Snapshot:
    """A copied database: its file, its schema, how many rows each table has."""

    file: Path
    revision: str
    rows: dict[str, int]


def path() -> Path:
    """Where the application's database stands."""
    return Path(str(db.engine.url.database))


def snapshot(folder: Path) -> Snapshot:
    """Copy the database as it stands at one instant; readers and writers go on.

    One step of the backup API reads in one transaction, so a writer neither waits nor starts it anew.
    Raises BackupError when there is no database, or what was read is damaged.
    """
    if not path().exists():
        raise BackupError(f"there is no database at {path()}")
    target = folder / "database.sqlite"
    address = f"{path().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without companions
        return Snapshot(target, _revision(copy), _look(copy))


def _revision(copy: sqlite3.Connection) -> str:
    try:
        row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        row = None
    if row is None:
        raise BackupError(f"the database at {path()} is empty: nothing to copy")
    return str(row[0])


def _look(copy: sqlite3.Connection) -> dict[str, int]:
    """Rows by table. Raises BackupError when the file is damaged."""
    verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise BackupError(f"the database is damaged: {verdict}")
    return _count(copy)


def _count(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute(  # an index of words is no table that can be gone through
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND sql NOT LIKE 'CREATE VIRTUAL %'"
    ).fetchall()
    counted = {}
    for (name,) in tables:
        statement = f'SELECT count(*) FROM "{name}"'  # nosec B608 # a name from the catalogue
        counted[name] = connection.execute(statement).fetchone()[0]
    return counted


def is_empty() -> bool:
    """Whether nothing is lost by putting another database in place."""
    if not path().exists() or path().stat().st_size == 0:
        return True
    try:
        with closing(sqlite3.connect(f"{path().as_uri()}?mode=rw", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    except sqlite3.DatabaseError:
        return False


def check(unpacked: Path, rows: dict[str, int]) -> None:
    """Refuse a file that is damaged or holds other rows than its manifest says."""
    with closing(sqlite3.connect(unpacked)) as copy:
        try:
            found = _look(copy)
        except sqlite3.DatabaseError as error:
            raise BackupError(f"the database in this backup is damaged: {error}") from error
    if found != rows:
        raise BackupError("the database in this backup holds other rows than its manifest says")


def put(unpacked: Path, aside: Path | None) -> None:
    """Put the file in place; the one it replaces goes `aside` with its companions (None: it is empty).

    A `-wal` left behind would be written into the new database: the three move together. Everything
    that can fail for lack of room comes before the first move.
    """
    db.session.remove()
    db.engine.dispose()
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restoring")
    try:
        shutil.copyfile(unpacked, fresh)
        fresh.chmod(0o600)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        for suffix in (*COMPANIONS, ""):
            old = target.with_name(target.name + suffix)
            if aside is None:
                old.unlink(missing_ok=True)
            elif old.exists():
                aside.mkdir(mode=0o700, exist_ok=True)
                shutil.move(old, aside / old.name)
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
