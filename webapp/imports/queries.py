"""Reads of imports. Whoever may import sees every import: the books are one."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_

from webapp.core.errors import Forbidden, NotFound
from webapp.extensions import db
from webapp.imports.models import Import, ImportMapping
from webapp.imports.staging import StagedRow, first_rows
from webapp.users.actor import Actor
from webapp.users.policy import may

# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def _require(actor: Actor) -> None:
    if not may(actor, "import.files"):
        raise Forbidden(_l("Votre rôle n’importe pas de fichiers."))


def get_import(actor: Actor, import_id: uuid.UUID) -> Import:
    """One import. Raises Forbidden, NotFound."""
    _require(actor)
    found = db.session.get(Import, import_id)
    if found is None:
        raise NotFound(_l("Cet import n’existe pas."))
    return found


def list_imports(actor: Actor, limit: int, after: uuid.UUID | None = None) -> list[Import]:
    """Imports, newest first; `after` is the last one of the page before."""
    _require(actor)
    query = select(Import).order_by(Import.created_at.desc(), Import.id.desc()).limit(limit)
    if after is not None:
        last = db.session.get(Import, after)
        if last is not None:
            query = query.where(tuple_(Import.created_at, Import.id) < tuple_(last.created_at, last.id))
    return list(db.session.scalars(query))


def list_rows(
    actor: Actor, import_id: uuid.UUID, outcomes: Sequence[str], limit: int, after_line: int = 0
) -> list[StagedRow]:
    """Staged rows with these outcomes, in the order of the file."""
    get_import(actor, import_id)
    return first_rows(import_id, outcomes, limit, after_line)


def list_mappings(actor: Actor, kind: str) -> list[ImportMapping]:
    """Mappings that were kept, last used first."""
    _require(actor)
    query = select(ImportMapping).where(ImportMapping.kind == kind)
    return list(db.session.scalars(query.order_by(ImportMapping.used_at.desc())))


def refused_csv(actor: Actor, import_id: uuid.UUID) -> Iterator[str]:
    """Refused rows with their reason, as CSV a spreadsheet opens without running anything."""
    row = get_import(actor, import_id)
    fields = list(row.mapping)
    yield "\ufeff" + _line([str(_l("Ligne")), *(row.mapping[name] for name in fields), str(_l("Raison"))])
    after = 0
    while rows := list_rows(actor, import_id, ["refused"], 500, after):
        for each in rows:
            reasons = " ; ".join(error["message"] for error in each.errors or [])
            given = {error["field"]: error["value"] for error in each.errors or []}
            cells = [str(each.values.get(name, given.get(name, ""))) for name in fields]
            yield _line([str(each.line), *cells, reasons])
        after = rows[-1].line


def _line(cells: Sequence[str]) -> str:
    target = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
    csv.writer(target, delimiter=";").writerow(safe)
    return target.getvalue()
