"""How long the process that serves waits for PostgreSQL: long for a statement, briefly for a dead server."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2 import extensions

from tests.daemons import Postgres
from webapp.core import postgres


def wait(descriptor: int, to_write: bool, seconds: float) -> None:
    ready = select.select([] if to_write else [descriptor], [descriptor] if to_write else [], [], seconds)
    if not any(ready):
        raise TimeoutError


@pytest.fixture
def patient(own_postgres: Postgres) -> Iterator[Postgres]:
    postgres.install(wait)
    yield own_postgres
    extensions.set_wait_callback(None)


def test_a_statement_that_takes_long_is_waited_for(patient: Postgres) -> None:
    connection = psycopg2.connect(patient.url("postgres"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s), 7", (postgres.SUSPICION_SECONDS * 2,))
        assert cursor.fetchone()[1] == 7  # type: ignore[index]
    connection.close()


def test_a_server_that_hangs_is_given_up_by_who_waits_and_by_who_comes(patient: Postgres) -> None:
    connection = psycopg2.connect(patient.url("postgres"))
    patient.freeze()
    try:
        start = time.monotonic()
        with pytest.raises(psycopg2.OperationalError, match="no answer"):
            connection.cursor().execute("SELECT 1")
        with pytest.raises(psycopg2.OperationalError, match="no answer"):
            psycopg2.connect(patient.url("postgres"))
        assert time.monotonic() - start < postgres.STATEMENT_SECONDS
    finally:
        patient.thaw()
    assert connection.closed


def test_commands_have_no_time_limit_for_statements_and_an_operators_options_stay() -> None:
    url = "postgresql+psycopg2://db/encours"
    assert "options" not in postgres.engine_options(url, serving=False)["connect_args"]
    assert "statement_timeout=10s" in postgres.engine_options(url, serving=True)["connect_args"]["options"]
    own = postgres.engine_options(f"{url}?options=-c%20statement_timeout%3D0", serving=True)
    assert "options" not in own["connect_args"]
    assert postgres.engine_options("sqlite:///x.db", serving=True) == {}
