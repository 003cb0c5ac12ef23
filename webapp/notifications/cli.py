"""`flask push keys`."""

from __future__ import annotations

import click
from flask import Flask

from webapp.core.backups.kept import keep_in_backups
from webapp.notifications import vapid


def register(app: Flask) -> None:
    """Add the commands to `flask`; without the key every device would have to subscribe again."""
    keep_in_backups(vapid.FILE)

    @app.cli.group("push")
    def _push() -> None:
        """Web push."""

    @_push.command("keys")
    def _keys() -> None:
        """Print the public key that browsers subscribe with; the pair is made when there is none."""
        click.echo(vapid.public_key(app.config["SETTINGS"].instance_path))
