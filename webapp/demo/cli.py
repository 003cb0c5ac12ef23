"""`flask demo load`, and the first start: the demo company at a desk, an empty company elsewhere."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from webapp.core.cli import ensure_schema, on_prepare
from webapp.core.db import unit_of_work
from webapp.demo import loader
from webapp.extensions import db
from webapp.users.models import Company, User
from webapp.users.services import ensure_company


def register(app: Flask) -> None:
    """Add the commands to `flask`, and fill an empty database at the first start."""
    group = AppGroup("demo", help="A believable company made from a seed.")

    @group.command("load")
    @click.option("--clients", type=click.IntRange(1, 200_000), default=loader.CLIENTS, show_default=True)
    @click.option("--invoices", type=click.IntRange(0, 2_000_000), default=loader.INVOICES, show_default=True)
    @click.option("--seed", type=int, default=loader.SEED, show_default=True)
    def _load(clients: int, invoices: int, seed: int) -> None:
        """Add a demo company of that size. Same seed, same day: the same company."""
        if app.config["SETTINGS"].production:
            raise click.ClickException("the demo does not go into a production database")
        ensure_schema()
        done = loader.load(clients, invoices, seed, say=_say)
        click.echo(f"{done.clients} clients, {done.documents} documents, {done.alerts} alerts loaded")

    app.cli.add_command(group)
    on_prepare(fill)


def fill(app: Flask) -> None:
    """At the first start: the demo where it is asked for, else the company row. Later: nothing."""
    if app.config["SETTINGS"].demo and db.session.scalar(select(User.id).limit(1)) is None:
        _say("Loading the demo company")
        loader.load(say=_say)
    elif db.session.scalar(select(Company.id)) is None:
        with unit_of_work():
            ensure_company()


def _say(text: str) -> None:
    click.echo(f"demo: {text}", err=True)
