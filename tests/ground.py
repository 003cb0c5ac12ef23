"""What every test starts from: the migrated database, empty or with its company and the cast.

Each is made once a run and put back before a test; making the cast anew took longer than most tests.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Row, Table, insert, select, text

from tests.factories.people import BRANCHES, Cast, make_cast
from webapp.config import Settings
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.users.models import Branch
from webapp.users.services import ensure_company

FOLDERS = ("imports", "exports", "files")
T = TypeVar("T")


class Ground:
    """One database of tests; call everything inside an application context."""

    def __init__(self, settings: Settings) -> None:
        self._copies = FileCopies(settings) if settings.sqlite else RowCopies()
        self._folder = settings.instance_path
        self._made: dict[str, Any] = {}
        self._copies.keep("template")

    def empty(self) -> None:
        """Tables without rows."""
        self._copies.put_back("template")

    def company(self) -> None:
        """The company and its root branch."""
        self._scene("company", self.empty, _make_company)

    def cast(self) -> Cast:
        """The company and the cast."""
        cast: Cast = self._scene("cast", self.company, _make_cast)
        lyon, nantes = (db.session.scalars(select(Branch).filter_by(name=name)).one() for name in BRANCHES)
        return replace(cast, lyon=lyon, nantes=nantes)

    def scene(self, name: str, make: Callable[[Cast], T]) -> T:
        """What `make` wrote and gave, after the cast; `make` runs once, so that it gives ids, not rows."""
        given: T = self._scene(name, self.cast, make)
        return given

    def _scene(self, name: str, before: Callable[[], Any], make: Callable[[Any], Any]) -> Any:
        if name in self._made:
            self._copies.put_back(name)
            self._files(self._folder / f"of-{name}", self._folder)
        else:
            self._made[name] = make(before())
            self._copies.keep(name)
            self._files(self._folder, self._folder / f"of-{name}")
        return self._made[name]

    def _files(self, here: Path, there: Path) -> None:
        for folder in FOLDERS:
            if (here / folder).is_dir():
                shutil.copytree(here / folder, there / folder, dirs_exist_ok=True)


def _make_company(_nothing: None) -> None:
    with unit_of_work():
        ensure_company()


def _make_cast(_nothing: None) -> Cast:
    with unit_of_work():
        return make_cast()


class FileCopies:
    """SQLite: the file beside itself."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.instance_path

    def keep(self, name: str) -> None:
        self._close()
        with (
            closing(sqlite3.connect(self._folder / "encours.db")) as here,
            closing(sqlite3.connect(self._folder / f"{name}.db")) as there,
        ):
            here.backup(there)

    def put_back(self, name: str) -> None:
        self._close()
        for suffix in ("-wal", "-shm"):
            (self._folder / f"encours.db{suffix}").unlink(missing_ok=True)
        shutil.copy(self._folder / f"{name}.db", self._folder / "encours.db")

    def _close(self) -> None:
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


class RowCopies:
    """PostgreSQL: the rows of the few tables that have some. TRUNCATE makes each table's files anew and
    takes seconds; only tables with rows are emptied, without asking foreign keys about each row."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Table, list[Row]]]] = {}

    def keep(self, name: str) -> None:
        self._rows[name] = [(table, list(db.session.execute(select(table)))) for table in self._held()]
        db.session.rollback()

    def put_back(self, name: str) -> None:
        db.session.rollback()
        db.session.remove()
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in self._held():
            db.session.execute(table.delete())
        for table, rows in self._rows[name]:
            db.session.execute(insert(table), [dict(row._mapping) for row in rows])
        db.session.commit()

    def _held(self) -> list[Table]:
        """The tables that have rows."""
        asked = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in db.metadata.tables
        )
        return [db.metadata.tables[name] for name in db.session.scalars(text(asked))]
