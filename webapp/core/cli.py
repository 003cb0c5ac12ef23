"""Commands of the ground floor: the worker, the API document, copies."""

from __future__ import annotations

import json
from collections.abc import Callable

import click
import flask_migrate
from flask import Flask, current_app
from sqlalchemy import inspect

from webapp.core import instance_lock, worker
from webapp.core.backups import cli as backups
from webapp.extensions import db


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    backups.register(app)

    @app.cli.command("worker")
    @click.option("--parent", type=int, default=None, help="End when this process is gone.")
    def _worker(parent: int | None) -> None:
        """Run jobs until stopped."""
        try:
            worker.run(app, parent=parent)
        except instance_lock.InUse as refusal:
            raise click.ClickException(str(refusal)) from refusal

    @app.cli.command("prepare")
    def _prepare() -> None:
        """Bring the schema up to date; load the demo company into an empty database."""
        prepare(app)

    @app.cli.command("openapi")
    def _openapi() -> None:
        """Print the OpenAPI document."""
        spec = current_app.extensions["encours.api"].spec.to_dict()
        click.echo(json.dumps(spec, indent=2, sort_keys=True, default=str))


def prepare(app: Flask) -> None:
    """What `script/server` does before serving: migrate, then fill an empty database.

    Features fill it through `on_empty`: the demo at a desk, the company row elsewhere.
    """
    flask_migrate.upgrade()
    for fill in _fillers:
        fill(app)


def ensure_schema() -> None:
    """Migrate an empty database, so that a command works on a fresh instance."""
    if not inspect(db.engine).has_table("alembic_version"):
        click.echo("The database is empty: migrating it first.", err=True)
        flask_migrate.upgrade()


_fillers: list[Callable[[Flask], None]] = []


def on_prepare(fill: Callable[[Flask], None]) -> None:
    """Call `fill(app)` after each migration of `prepare`; it does nothing when there is nothing to do."""
    _fillers.append(fill)
