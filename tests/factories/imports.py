"""Files brought in as a person does, checked and written by the job they ask for."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, inspect, select, text

from webapp.core import jobs
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.imports import services
from webapp.imports.models import Import
from webapp.invoices.models import Balance
from webapp.users.actor import Actor

# Tables an import may only change by succeeding; its own three tell its story in any case.
BOOKS = ("clients", "client_aliases", "client_balances", "invoices", "instalments", "payments", "allocations",
         "alerts", "passed_levels", "branches", "users", "threads", "messages")  # fmt: skip


def folder() -> Path:
    """Where the application keeps uploaded files."""
    return Path(current_app.config["SETTINGS"].instance_path) / "imports"


def bring(
    actor: Actor,
    content: bytes | str | Path,
    *,
    kind: str = "invoices",
    mode: str = "delta",
    **options: Any,
) -> Import:
    """Receive a file and run the jobs it asks for; the import as it stands then."""
    if isinstance(content, Path):
        content = content.read_bytes()
    body = content.encode() if isinstance(content, str) else content
    arrival = services.take_in(actor, "fichier.csv", io.BytesIO(body), folder=folder(), kind=kind, mode=mode)
    with unit_of_work():
        row = services.receive(actor, arrival, **options)
        import_id = row.id
    return settled(import_id)


def settled(import_id: uuid.UUID) -> Import:
    """The import once every due job has run."""
    jobs.run_due()
    return db.session.get_one(Import, import_id, populate_existing=True)


def write(actor: Actor, row: Import) -> Import:
    """Commit a checked import."""
    import_id = row.id
    with unit_of_work():
        services.request_commit(actor, import_id)
    return settled(import_id)


def import_file(actor: Actor, content: bytes | str | Path, *, kind: str = "invoices") -> Import:
    """Bring a file and write it; its check has to pass."""
    row = bring(actor, content, kind=kind)
    assert (row.state, row.errors) == ("checked", [])
    return write(actor, row)


def undo(actor: Actor, row: Import) -> Import:
    """Take an import back."""
    import_id = row.id
    with unit_of_work():
        services.undo(actor, import_id)
    return db.session.get_one(Import, import_id, populate_existing=True)


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the books, to compare before and after."""
    db.session.rollback()
    known = set(inspect(db.engine).get_table_names())
    return {
        table: sorted((tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table}"))), key=repr)
        for table in BOOKS
        if table in known
    }


def outstanding() -> int:
    """What everybody owes."""
    return int(db.session.scalar(select(func.sum(Balance.outstanding))) or 0)


def codes(row: Import) -> set[str]:
    """Codes of the errors of an import."""
    return {error["code"] for error in row.errors}


def warned(row: Import) -> set[str]:
    """Codes of its warnings."""
    return {warning["code"] for warning in row.warnings}
