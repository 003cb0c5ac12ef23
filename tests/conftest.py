"""Fixtures for everyone: a migrated database put back before each test, the cast, helpers.

SQLite by default; `TEST_DATABASE=postgresql` runs the same tests on a PostgreSQL database of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")

from tests.factories.people import Cast
from tests.ground import Ground
from webapp import create_app
from webapp.config import Settings
from webapp.core.db import unit_of_work
from webapp.extensions import db as _db
from webapp.users.actor import Actor

pytest_plugins = ["tests.browsing", "tests.daemons", "tests.proofs"]
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_configure(config: pytest.Config) -> None:
    """Measures the lines that tests run themselves; a server they start runs as fast as at home.

    Tracing slows a server down, and lines would count as tested because it started.
    """
    if hasattr(config, "workerinput"):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Empty for SQLite in the instance folder."""
    if os.environ.get("TEST_DATABASE") != "postgresql":
        yield ""
        return
    from tests.databases import postgres_database

    with postgres_database(waits_for_disk=False) as url:
        yield url


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Settings:
    base = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
    folder = tmp_path_factory.mktemp("instance") if base is None else base / f"encours-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    environ = {
        "ENCOURS_ENV": "test",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "test-secret",
        "EMBED_WORKER": "0",
        "ENCOURS_DEMO": "0",
        "DATABASE_URL": database_url,
        "PUSH_ALLOWED_HOSTS": "127.0.0.1:1,fcm.googleapis.com",
    }
    return replace(Settings.from_environ(environ), extra={"RATELIMIT_ENABLED": False})


class Client(FlaskClient):
    """A browser whose requests each have a context of their own, as when served.

    Without it they would share `g` with the test: who asks, CSRF token, nonce.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if self.preserve_context:
            return super().open(*args, **kwargs)
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        if has_app_context():
            _db.session.rollback()  # the test reads what the request wrote
        return answer


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a migrated database."""
    application = create_app(settings)
    application.test_client_class = Client
    with application.app_context():
        flask_migrate.upgrade()
    yield application
    shutil.rmtree(settings.instance_path, ignore_errors=True)


@pytest.fixture(scope="session")
def ground(app: Flask, settings: Settings) -> Ground:
    with app.app_context():
        return Ground(settings)


@pytest.fixture
def db(app: Flask, ground: Ground) -> Iterator[object]:
    """A database with the company and its root branch, and an application context."""
    with app.app_context():
        ground.company()
        yield _db
        _db.session.rollback()
        _db.session.remove()


@pytest.fixture
def cast(db: object, ground: Ground) -> Cast:
    """Alice, Bob, Chloe, David, Emma, Sonia, Ada and Oscar the outsider, in two branches."""
    return ground.cast()


@pytest.fixture
def browser_of(app: Flask, cast: Cast) -> Callable[[Actor], FlaskClient]:
    """A signed-in test client for someone of the cast: `browser_of(cast.bob).get("/clients")`."""
    from webapp.users.current import SESSION_KEY
    from webapp.users.services import start_session

    def sign_in(actor: Actor) -> FlaskClient:
        with unit_of_work():
            row = start_session(actor.user_id, ip="127.0.0.1", user_agent="test")
        client = app.test_client()
        with client.session_transaction() as session:
            session[SESSION_KEY] = str(row.id)
        return client

    return sign_in


@pytest.fixture
def api_of(app: Flask, cast: Cast) -> Callable[[Actor], dict[str, str]]:
    """Headers of an API token of someone of the cast."""
    from webapp.users.actor import system_actor
    from webapp.users.services import create_token

    def headers(actor: Actor) -> dict[str, str]:
        with unit_of_work():
            token = create_token(system_actor(), actor.user_id)
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], object]:
    """`with count_queries() as sql: …; assert len(sql) <= 12`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                statements.append(statement)

        event.listen(_db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(_db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of files from real systems; named and skipped at a desk, a failure in CI."""
    folder = SHARED / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the real files in ../shared/data are missing")
        pytest.skip("the real files in ../shared/data are missing")
    return folder
