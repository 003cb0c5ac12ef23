"""`flask import`: files in, one report each."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask_babel import force_locale

from webapp.core.backups.kept import keep_in_backups, move_after_restore
from webapp.core.cli import ensure_schema
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError
from webapp.extensions import db
from webapp.imports import services
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import
from webapp.users.actor import Actor, system_actor
from webapp.users.services import ensure_company

FOLDER = "imports"
KINDS = ("clients", "invoices", "payments", "statement")
FORMATS = ("auto", "csv", "xlsx", "fec", "facturx", "ubl", "cii", "camt", "cfonb120", "ofx", "mt940")
COUNTS = ("created", "updated", "unchanged", "skipped")


def register(app: Flask) -> None:
    """Add the command to `flask`; files that wait belong in a copy."""
    keep_in_backups(FOLDER)
    move_after_restore(FOLDER, lambda instance: services.move_files(instance / FOLDER))

    @app.cli.command("import")
    @click.argument("files", nargs=-1, required=True, type=click.Path())
    @click.option("--kind", type=click.Choice(KINDS), default="invoices", show_default=True)
    @click.option("--format", "format_", type=click.Choice(FORMATS), default="auto", show_default=True)
    @click.option("--mapping", default=None, help="Use the column mapping kept under this name.")
    @click.option("--stock", is_flag=True, help="The files are all that is open: clear what they lack.")
    @click.option("--dry-run", is_flag=True, help="Say what would happen, write nothing.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
    def _import(
        files: tuple[str, ...],
        kind: str,
        format_: str,
        mapping: str | None,
        stock: bool,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        """Import FILES in order, each all or nothing."""
        ensure_schema()
        with force_locale("fr"):
            options: dict[str, Any] = {"mode": "stock" if stock else "delta", "dry_run": dry_run}
            reports = [_show(run(Path(name), kind, format_, mapping, **options), as_json) for name in files]
        sys.exit(any(report["status"] == "refused" for report in reports))


def _show(report: dict[str, Any], as_json: bool) -> dict[str, Any]:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, default=str))
    else:
        _print(report)
    return report


def run(
    path: Path, kind: str, format_: str, mapping: str | None, *, dry_run: bool, mode: str = "delta"
) -> dict[str, Any]:
    """Import one file as the product itself; returns the report of the contract."""
    with unit_of_work():
        ensure_company()
    if format_ not in ("auto", "csv", "fec"):
        return _refused(path, kind, format_, "format_unsupported")
    if not path.is_file():
        return _refused(path, kind, "csv", "not_found")
    actor = system_actor(via="cli")
    try:
        folder = current_app.config["SETTINGS"].instance_path / FOLDER
        with path.open("rb") as stream:
            said = {"kind": kind, "format": format_, "mode": mode}
            arrival = services.take_in(actor, path.name, stream, folder=folder, **said)
        with unit_of_work():
            row = services.receive(actor, arrival, mapping_name=mapping, enqueue_check=False)
            import_id, state = row.id, row.state
    except DomainError as error:
        message = next(iter(error.errors.values()), None) or error.message
        return _refused(path, kind, "csv", error.code, str(message))
    if state == "uploaded":
        return _without_columns(path, actor, import_id)
    services.run_check(import_id, unit_of_work)
    return _conclude(path, actor, import_id, dry_run)


def _conclude(path: Path, actor: Actor, import_id: uuid.UUID, dry_run: bool) -> dict[str, Any]:
    row = db.session.get_one(Import, import_id)
    good = row.state == "checked" and not row.counts.get("refused")
    if good and not dry_run:
        with unit_of_work():
            services.request_commit(actor, import_id, enqueue_commit=False)
        services.run_commit(actor, import_id, unit_of_work)
        row = db.session.get_one(Import, import_id, populate_existing=True)
        good = row.state == "imported"
    report = _report(path, row, ("would_import" if dry_run else "imported") if good else "refused")
    if row.state not in ("imported", "undone"):
        with unit_of_work():
            services.cancel(actor, import_id)
    return report


def _report(path: Path, row: Import, status: str) -> dict[str, Any]:
    errors = [{key: each.get(key) for key in ("row", "column", "code", "message")} for each in row.errors]
    if status == "refused" and not errors:
        errors = [{"row": None, "column": None, "code": "failed", "message": say(FILE, "failed")}]
    return {
        "file": str(path),
        "status": status,
        "kind": row.kind,
        "format": row.format,
        "counts": _counts(row),
        "totals": dict(row.totals),
        "warnings": list(row.warnings),
        "errors": errors if status == "refused" else [],
    }


def _counts(row: Import) -> dict[str, int]:
    """The contract's four; what a stock file clears beside them."""
    counts = {name: row.counts.get(name, 0) for name in COUNTS}
    return counts | ({"cleared": row.counts.get("cleared", 0)} if row.mode == "stock" else {})


def _without_columns(path: Path, actor: Actor, import_id: uuid.UUID) -> dict[str, Any]:
    from webapp.imports.columns import fields_of, missing_fields

    row = db.session.get_one(Import, import_id)
    labels = {each.name: str(each.label) for each in fields_of(row.kind)}
    errors = [
        {"row": None, "column": labels[name], "code": "missing_column",
         "message": say(FILE, "missing_column", label=labels[name])}
        for name in missing_fields(row.kind, row.mapping)
    ]  # fmt: skip
    report = {**_refused(path, row.kind, row.format, "missing_column"), "errors": errors}
    with unit_of_work():
        services.cancel(actor, import_id)
    return report


def _refused(path: Path, kind: str, format_: str, code: str, message: str | None = None) -> dict[str, Any]:
    error = {"row": None, "column": None, "code": code, "message": message or say(FILE, code)}
    return {
        "file": str(path), "status": "refused", "kind": kind, "format": format_,
        "counts": dict.fromkeys(COUNTS, 0), "totals": {}, "warnings": [], "errors": [error],
    }  # fmt: skip


def _print(report: dict[str, Any]) -> None:
    counts = ", ".join(f"{name} {number}" for name, number in report["counts"].items())
    click.echo(f"{report['file']}: {report['status']} ({counts})")
    for error in report["errors"][:20]:
        place = f"  {error['row']}: " if error["row"] else "  "
        click.echo(f"{place}{error['message']}")
    for warning in report["warnings"]:
        click.echo(f"  ! {warning['message']}")
