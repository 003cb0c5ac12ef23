"""PostgreSQL databases of a test's own, on the running server or, without one, on a cluster of our own."""

from __future__ import annotations

import atexit
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg2

from tests.daemons import Missing, Postgres, skip_or_fail

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/postgres")


@cache
def server_url() -> str:
    """A database to administer from: TEST_POSTGRES_URL, or that of a cluster made for this run."""
    try:
        psycopg2.connect(POSTGRES_URL, connect_timeout=3).close()
        return POSTGRES_URL
    except psycopg2.OperationalError:
        pass
    try:
        cluster = Postgres()
    except Missing as missing:
        skip_or_fail(f"PostgreSQL does not answer at {POSTGRES_URL}, and {missing}")
    cluster.start()
    atexit.register(cluster.remove)
    return cluster.url("postgres")


@contextmanager
def postgres_database(template: str | None = None, *, waits_for_disk: bool = True) -> Iterator[str]:
    """A database of its own, empty or a copy of `template`'s; gives its URL and drops it afterwards.

    What only reads back what it wrote need not wait for the disk at each commit.
    """
    name = f"encours_test_{uuid.uuid4().hex[:12]}"
    copied = f' TEMPLATE "{template.rsplit("/", 1)[1]}"' if template else ""
    _administer(f'CREATE DATABASE "{name}"{copied}')
    try:
        if not waits_for_disk:
            _administer(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        yield f"{server_url().rsplit('/', 1)[0]}/{name}"
    finally:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    connection = psycopg2.connect(server_url())
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()
