"""Commands about the ledger."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from webapp.core.backups.kept import Verdict, check_after_restore
from webapp.payments import ledger


def register(app: Flask) -> None:
    """Add `flask ledger …`, and the same look at what was restored."""
    check_after_restore("ledger verify", _look)
    group = AppGroup("ledger", help="The ledger: balances against entries.")

    @group.command("verify")
    def _verify() -> None:
        """Recompute every balance from the entries; list the differences, exit 1 if there is any."""
        found = 0
        for difference in ledger.verify():
            found += 1
            click.echo(difference)
        click.echo(f"{found} differences" if found else "The ledger is sound.", err=bool(found))
        if found:
            sys.exit(1)

    app.cli.add_command(group)


def _look() -> Verdict:
    differences = list(ledger.verify())
    return Verdict(f"{len(differences)} differences" if differences else "The ledger is sound.", differences)
