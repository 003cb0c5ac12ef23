"""Databases to measure on: demo companies on SQLite and PostgreSQL, made outside the tree."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.serving import Server

POSTGRES = os.environ.get("BENCH_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
ADMINISTRATION = make_url(POSTGRES).set(drivername="postgresql+psycopg2")
KEPT = Path(os.environ.get("BENCH_KEEP", ""))  # a folder: databases stay there and serve again


@dataclass(frozen=True)
class Size:
    """How large a demo company is."""

    name: str
    clients: int
    invoices: int


@dataclass(frozen=True)
class Database:
    """A database of its own with the folder of the instance that uses it."""

    engine: str
    size: Size
    folder: Path
    url: str
    seconds: float = 0.0  # how long loading took; 0 when it was there already

    @property
    def name(self) -> str:
        return f"{self.engine} {self.size.name}"

    def server(self, **environ: str) -> Server:
        """A server on it, not started yet."""
        return Server(self.folder, DATABASE_URL=self.url, SECRET_KEY="bench", **environ)


def say(message: str) -> None:
    print(f"bench: {message}", file=sys.stderr, flush=True)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for what a bench makes: in memory where there is such a disk, gone afterwards."""
    shared = Path("/dev/shm")
    base = str(shared) if shared.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="encours-bench-", dir=base) as folder:
        yield Path(folder)


def postgres_answers() -> bool:
    """Is there a PostgreSQL to measure on? Named on stderr when not."""
    engine = create_engine(ADMINISTRATION, connect_args={"connect_timeout": 3})
    try:
        engine.connect().close()
    except OperationalError:
        say("PostgreSQL does not answer (BENCH_POSTGRES_URL): only SQLite is measured")
        return False
    finally:
        engine.dispose()
    return True


@contextmanager
def empty(folder: Path, engine: str, name: str) -> Iterator[Database]:
    """A migrated database without any client, dropped afterwards."""
    place = (KEPT if KEPT.name else folder) / f"{engine}-{name}"
    fresh = not place.exists()
    place.mkdir(parents=True, exist_ok=True)
    url = _make_database(f"encours_bench_{name}", fresh) if engine == "postgresql" else ""
    database = Database(engine, Size(name, 0, 0), place, url)
    try:
        if fresh:
            database.server().flask("db", "upgrade")
        yield database
    finally:
        if not KEPT.name:
            shutil.rmtree(place, ignore_errors=True)
            if url:
                _administer(f'DROP DATABASE IF EXISTS "encours_bench_{name}" WITH (FORCE)')


@contextmanager
def loaded(folder: Path, engine: str, size: Size) -> Iterator[Database]:
    """A demo company of that size; the time it took to load is kept with it."""
    with empty(folder, engine, size.name) as database:
        mark = database.folder / "loaded"
        seconds = 0.0
        if not mark.exists():
            say(f"loading {size.invoices} invoices of {size.clients} clients on {engine}")
            start = time.monotonic()
            options = ("--clients", str(size.clients), "--invoices", str(size.invoices), "--seed", "1")
            database.server().flask("demo", "load", *options)
            seconds = time.monotonic() - start
            mark.touch()
        yield replace(database, size=size, seconds=seconds)


@contextmanager
def loaded_pairs(small: Size, large: Size) -> Iterator[list[Database]]:
    """Both sizes on each engine that answers."""
    engines = ["sqlite", *(["postgresql"] if postgres_answers() else [])]
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        yield [
            stack.enter_context(loaded(folder, engine, size)) for engine in engines for size in (small, large)
        ]


def _make_database(name: str, fresh: bool) -> str:
    if fresh:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _administer(f'CREATE DATABASE "{name}"')
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def _administer(statement: str) -> None:
    engine = create_engine(ADMINISTRATION, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
