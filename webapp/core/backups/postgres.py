"""PostgreSQL: `pg_dump` and `pg_restore` in their custom format, on one exported snapshot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg2.extensions import make_dsn
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.core.backups.manifest import BackupError
from webapp.core.backups.sqlite import Snapshot
from webapp.extensions import db

ADDRESS = ("host", "hostaddr", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
OLD = "encours_replaced"


def snapshot(folder: Path) -> Snapshot:
    """Dump the database as it stands at one instant; readers and writers go on.

    The rows are counted in the very snapshot that is dumped. Raises BackupError when the client
    programs are missing or too old, or the database holds no schema.
    """
    tool = _tool("pg_dump")
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        _require_match(tool, connection)
        revision = _revision(connection)
        shared = connection.scalar(text("SELECT pg_export_snapshot()"))
        target = folder / "database.dump"
        options = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
        _run([tool, *options, f"--snapshot={shared}", f"--file={target}"], connection)
        return Snapshot(target, revision, count(connection))


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install the PostgreSQL client programs on this machine")
    return found


def _require_match(tool: str, connection: Connection) -> None:
    """The programs must be at least as new as the server."""
    said = subprocess.run(  # nosec B603 # a program found on PATH, no shell
        [tool, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = re.search(r"(\d+)(?:\.|\s|$|beta|rc)", said)
    server = _info(connection).server_version // 10_000
    if version is None or int(version.group(1)) < server:
        raise BackupError(f"{tool} is too old ({said.strip()}) for this PostgreSQL {server} server")


def _info(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.info


def _run(command: list[str], connection: Connection) -> None:
    """Run a client program on the database this connection stands on; the password never shows in `ps`."""
    info = _info(connection)
    address = {key: value for key, value in info.dsn_parameters.items() if key in ADDRESS and value}
    environ = {"PATH": os.defpath, "LC_ALL": "C"}
    if info.password:
        environ["PGPASSWORD"] = info.password
    done = subprocess.run(  # nosec B603 # our own words, no shell
        [command[0], f"--dbname={make_dsn(**address)}", *command[1:]],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        full = next((line for line in lines if "No space left" in line), None)
        raise BackupError(f"{Path(command[0]).name} failed: {full or lines[0]}")


def _revision(connection: Connection) -> str:
    table = connection.scalar(text("SELECT to_regclass('alembic_version')"))
    revision = table and connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not revision:
        raise BackupError("the database is empty: nothing to copy")
    return str(revision)


def count(connection: Connection) -> dict[str, int]:
    """Rows by table."""
    names = connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ).all()
    counted = {}
    for name in names:
        statement = text(f'SELECT count(*) FROM public."{name}"')  # nosec B608 # a name from the catalogue
        counted[name] = connection.scalar(statement) or 0
    return counted


def is_empty() -> bool:
    """Whether the database holds no table."""
    with db.engine.connect() as connection:
        return not connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))


def require_quiet() -> None:
    """Refuse while anybody else is connected to this database, from whichever machine."""
    with db.engine.connect() as connection:
        others = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )
    if others:
        raise BackupError(
            f"{others} other connections to this database are open: stop the servers and workers first"
        )


def put(dump: Path, rows: dict[str, int]) -> None:
    """Fill the database from the dump; what stood there comes back when that fails.

    Raises BackupError when the programs are missing or too old, when the dump cannot be restored,
    or when it holds other rows than its manifest says.
    """
    tool = _tool("pg_restore")
    db.session.remove()
    try:
        with db.engine.connect() as connection, _in_its_place(connection):
            _require_match(tool, connection)
            connection.commit()
            options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
            _run([tool, *options, str(dump)], connection)
            if count(connection) != rows:
                raise BackupError("the database in this backup holds other rows than its manifest says")
    except SQLAlchemyError as error:
        raise BackupError(f"the database refused: {getattr(error, 'orig', error)}") from error


@contextmanager
def _in_its_place(connection: Connection) -> Iterator[None]:
    """The old schema steps aside while a new one is filled, and is dropped once that is done."""
    _exchange(connection, "public", OLD)
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        _adopt_extensions(connection, "public", OLD)
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text(f"ALTER SCHEMA {OLD} RENAME TO public"))
        connection.commit()
        raise
    connection.execute(text(f"DROP SCHEMA {OLD} CASCADE"))
    connection.commit()


def _exchange(connection: Connection, current: str, aside: str) -> None:
    connection.execute(text(f"ALTER SCHEMA {current} RENAME TO {aside}"))
    connection.execute(text(f"CREATE SCHEMA {current}"))
    _adopt_extensions(connection, aside, current)
    connection.commit()


def _adopt_extensions(connection: Connection, source: str, target: str) -> None:
    names = connection.scalars(
        text(
            "SELECT extname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
            " WHERE n.nspname = :source"
        ),
        {"source": source},
    ).all()
    for name in names:
        connection.execute(text(f'ALTER EXTENSION "{name}" SET SCHEMA {target}'))
