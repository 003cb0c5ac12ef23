"""A list is asked for as a file: made at once when it is small, else left to the worker."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from webapp.core import rates
from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.ids import new_id
from webapp.core.jobs import enqueue
from webapp.exports import queries
from webapp.exports.definitions import Listing, Values, find_listing
from webapp.exports.models import Export
from webapp.exports.policy import may_export, scope_of
from webapp.exports.rules import AT_ONCE, DECIMALS, FORMATS, file_name
from webapp.exports.writers import Sheet, writer_of
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import company

HIDDEN = _l("Votre rôle ne voit pas cette liste.")


@dataclass(frozen=True)
class Asked:
    """A list, a format, filters as the address has them (`filters`) and as queries take them (`values`)."""

    listing: Listing
    format: str
    decimals: str
    filters: dict[str, str]
    values: Values


@dataclass(frozen=True)
class Made:
    """A file that is written; nothing of it in the database yet."""

    export_id: uuid.UUID
    path: Path
    filename: str
    size: int
    rows: int


class _TooMany(Exception):
    """More rows than are written while somebody waits."""


def ask(actor: Actor, name: str, format_: str, filters: Mapping[str, str], decimals: str = "fr") -> Asked:
    """Check what is asked for. Raises Forbidden, Invalid with the field at fault, RateLimited."""
    listing = find_listing(name)
    errors: dict[str, object] = {}
    if listing is None:
        errors["list"] = _("Cette liste n’existe pas.")
    if format_ not in FORMATS:
        errors["format"] = _("Choisissez un format de la liste.")
    if decimals not in DECIMALS:
        errors["decimals"] = _("Choisissez une écriture de la liste.")
    if listing is None or errors:
        raise Invalid(errors=errors)
    values = read_filters(actor, listing, filters)
    rates.exports.take(actor.key)
    return Asked(listing, format_, decimals, dict(filters), values)


def read_filters(actor: Actor, listing: Listing, filters: Mapping[str, str]) -> dict[str, Any]:
    """The filters as queries take them. Raises Forbidden when the list is not this actor's; Invalid."""
    if not may_export(actor, listing):
        raise Forbidden(HIDDEN)
    try:
        values: dict[str, Any] = listing.schema().load(filters)
    except ValidationError as error:
        raise Invalid(errors=error.normalized_messages()) from error
    listing.columns(actor, values)  # what cannot be shown is refused now, not in the worker
    return values


def sheet_of(actor: Actor, asked: Asked) -> Sheet:
    """What stands around the rows."""
    return Sheet(
        title=str(asked.listing.title),
        columns=asked.listing.columns(actor, asked.values),
        company=company().name,
        day=today(),
        decimals=asked.decimals,
        said=asked.listing.said(actor, asked.values),
        letter=asked.listing.letter(actor, asked.values),
    )


def make_now(actor: Actor, asked: Asked, folder: Path) -> Made | None:
    """Write the file if it is small, outside any transaction; None when it is work for the worker."""
    sheet, export_id = sheet_of(actor, asked), new_id()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{export_id.hex}.{asked.format}"
    few = _few(asked.listing.pages(actor, asked.values), AT_ONCE[asked.format])
    try:
        with path.open("wb") as target:
            writer_of(asked.format)(target, sheet, few, lambda _rows: None)
    except _TooMany:
        path.unlink(missing_ok=True)
        return None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    filename = file_name(sheet.title, sheet.day, asked.format)
    return Made(export_id, path, filename, path.stat().st_size, sheet.rows)


def _few(pages: Iterator[Sequence[Any]], most: int) -> Iterator[Sequence[Any]]:
    count = 0
    for page in pages:
        count += len(page)
        if count > most:
            raise _TooMany
        yield page


def record_made(actor: Actor, asked: Asked, made: Made) -> Export:
    """Note a file that was made at once, with its audit entry."""
    row = _new(actor, asked, made.export_id)
    row.state, row.finished_at = "done", now()
    row.path, row.filename, row.size, row.rows_done = str(made.path), made.filename, made.size, made.rows
    db.session.add(row)
    db.session.flush()
    note(actor, row)
    return row


def enqueue_export(actor: Actor, asked: Asked) -> Export:
    """Leave a file to the worker."""
    row = _new(actor, asked, new_id())
    db.session.add(row)
    db.session.flush()
    enqueue("exports.write", f"exports.write:{row.id}", export_id=str(row.id))
    return row


def _new(actor: Actor, asked: Asked, export_id: uuid.UUID) -> Export:
    return Export(
        id=export_id,
        listing=asked.listing.name,
        format=asked.format,
        decimals=asked.decimals,
        filters=asked.filters,
        scope=scope_of(actor),
        created_by=actor.user_id,
    )


def note(actor: Actor, row: Export) -> None:
    """The audit entry of a file: what it holds, how it was narrowed, how many rows left the house."""
    audit.write(
        actor,
        "export.make",
        "export",
        row.id,
        listing=row.listing,
        format=row.format,
        filters=row.filters,
        rows=row.rows_done,
    )


def cancel(actor: Actor, export_id: uuid.UUID) -> Export:
    """Stop an export under way. Raises NotFound, Conflict when it is over."""
    row = queries.get_export(actor, export_id)
    if row.state == "waiting":
        row.state, row.finished_at, row.cancel_requested = "cancelled", now(), True
    elif row.state == "writing":
        row.cancel_requested = True
    else:
        raise Conflict(_l("Cet export est déjà terminé."))
    return row
