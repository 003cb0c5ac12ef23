"""`flask backup FILE` and `flask restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from webapp.core.backups import making, restoring
from webapp.core.backups.manifest import BackupError

FILE = click.Path(dir_okay=False, path_type=Path)


def register(app: Flask) -> None:
    """Add the two commands to `flask`."""

    @app.cli.command("backup")
    @click.argument("file", type=FILE)
    def _backup(file: Path) -> None:
        """Copy the database and its files into FILE (.tar.gz) while the server runs."""
        settings = app.config["SETTINGS"]
        try:
            facts = making.make(settings, file)
        except BackupError as error:
            raise click.ClickException(str(error)) from error
        rows, parts = sum(facts.rows.values()), len(facts.parts)
        click.echo(
            f"{file}: {file.stat().st_size} bytes, {parts} files, {rows} rows, schema {facts.revision}"
        )
        if omitted := making.left_out(settings):
            click.echo(f"Not in it: {', '.join(omitted)}", err=True)

    @app.cli.command("restore")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--replace", is_flag=True, help="Put it in the place of what stands there.")
    def _restore(file: Path, replace: bool) -> None:
        """Put the backup FILE into an empty instance, migrate it, verify the ledger and the audit trail."""
        try:
            sound = restoring.restore(app.config["SETTINGS"], file, replace=replace, say=click.echo)
        except BackupError as error:
            raise click.ClickException(str(error)) from error
        if not sound:
            raise click.ClickException("what was restored has the faults listed above")
