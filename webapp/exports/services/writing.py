"""A large list is written by the worker, in the name of who asked and with the rights of now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from webapp.core.clock import now
from webapp.core.errors import DomainError
from webapp.exports.definitions import find_listing
from webapp.exports.models import Export
from webapp.exports.policy import may_open
from webapp.exports.rules import MOST, file_name
from webapp.exports.services.asking import Asked, note, read_filters, sheet_of
from webapp.exports.writers import Sheet, writer_of
from webapp.extensions import db
from webapp.users.actor import Actor

Transaction = Callable[[], Any]


class Cancelled(Exception):
    """The person who asked wants it no more."""


class _TooMany(Exception):
    """More rows than this format is of use for."""


def run_export(actor: Actor | None, export_id: uuid.UUID, folder: Path, transaction: Transaction) -> None:
    """Write the file page by page; ends in state `done`, `cancelled` or `failed` with a reason.

    Started again after a crash it begins anew. `actor` is None when the person left meanwhile.
    """
    with transaction():
        row = db.session.get_one(Export, export_id)
        if row.state not in ("waiting", "writing"):
            return
        if actor is None or not may_open(actor, row) or row.cancel_requested:
            row.state, row.finished_at = "cancelled", now()
            return
        row.state, row.rows_done = "writing", 0
        asked = (row.listing, row.format, row.decimals, dict(row.filters))
    path = folder / f"{export_id.hex}.{asked[1]}"
    try:
        sheet = _write(actor, asked, path, lambda rows: _progress(export_id, rows, transaction))
    except Cancelled:
        _end(export_id, path, transaction, "cancelled")
    except _TooMany:
        _end(export_id, path, transaction, "failed", _("Trop de lignes pour ce format. Choisissez le CSV."))
    except DomainError as refusal:
        _end(export_id, path, transaction, "failed", str(refusal))
    else:
        _finish(actor, export_id, path, sheet, transaction)


def _write(actor: Actor, facts: tuple[Any, ...], path: Path, tick: Callable[[int], None]) -> Sheet:
    name, format_, decimals, filters = facts
    listing = find_listing(name)
    assert listing is not None
    asked = Asked(listing, format_, decimals, filters, read_filters(actor, listing, filters))
    sheet = sheet_of(actor, asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        pages = _at_most(listing.pages(actor, asked.values), MOST[format_])
        writer_of(format_)(target, sheet, pages, tick)
    return sheet


def _at_most(pages: Iterator[Sequence[Any]], most: int | None) -> Iterator[Sequence[Any]]:
    count = 0
    for page in pages:
        count += len(page)
        if most is not None and count > most:
            raise _TooMany
        yield page


def _progress(export_id: uuid.UUID, rows: int, transaction: Transaction) -> None:
    with transaction():
        row = db.session.get_one(Export, export_id)
        row.rows_done = rows
        if row.cancel_requested:
            raise Cancelled


def _finish(actor: Actor, export_id: uuid.UUID, path: Path, sheet: Sheet, transaction: Transaction) -> None:
    with transaction():
        row = db.session.get_one(Export, export_id)
        row.state, row.finished_at, row.rows_done = "done", now(), sheet.rows
        row.path, row.size = str(path), path.stat().st_size
        row.filename = file_name(sheet.title, sheet.day, row.format)
        note(actor, row)


def _end(
    export_id: uuid.UUID, path: Path, transaction: Transaction, state: str, reason: str | None = None
) -> None:
    path.unlink(missing_ok=True)
    with transaction():
        row = db.session.get_one(Export, export_id)
        row.state, row.reason, row.finished_at = state, reason, now()


def give_up(export_id: uuid.UUID, folder: Path) -> None:
    """A fault of ours ended it: no file, and a sentence for who waits."""
    row = db.session.get_one(Export, export_id)
    (folder / f"{export_id.hex}.{row.format}").unlink(missing_ok=True)
    row.state, row.finished_at = "failed", now()
    row.reason = _("Une erreur est survenue de notre côté. Rien n’est perdu.")
