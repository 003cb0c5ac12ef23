"""The schema goes up and down on both databases, and is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect

from tests.databases import postgres_database
from webapp import create_app
from webapp.config import Settings
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.users.services import ensure_company


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    with ExitStack() as closing:
        url = closing.enter_context(postgres_database()) if request.param == "postgresql" else ""
        environ = {"ENCOURS_ENV": "test", "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": url}
        app = create_app(Settings.from_environ(environ))
        closing.enter_context(app.app_context())
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    """What stands in the database, the version and the shadows of full-text indexes aside."""
    names = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    return {name for name in names if "_fts" not in name}


def test_the_schema_goes_up_down_and_up_again_and_is_what_the_models_say(empty: Flask) -> None:
    flask_migrate.upgrade()
    assert tables() == set(db.metadata.tables)
    flask_migrate.check()  # ends the process when the models say something else
    with unit_of_work():
        ensure_company()
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    assert tables() == set()
    flask_migrate.upgrade()
    assert tables() == set(db.metadata.tables)


def test_each_step_can_be_taken_back(empty: Flask) -> None:
    flask_migrate.upgrade()
    whole = tables()
    steps = len(list(Path("migrations/versions").glob("*.py")))
    for _step in range(steps):
        flask_migrate.downgrade(revision="-1")
    assert tables() == set()
    for _step in range(steps):
        flask_migrate.upgrade(revision="+1")
    assert tables() == whole
