"""A file comes in: it is kept aside, looked at, and its columns are guessed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import let_others_in
from webapp.core.errors import Conflict, Forbidden, Invalid, TooLarge
from webapp.core.ids import new_id
from webapp.core.jobs import enqueue
from webapp.extensions import db
from webapp.imports import columns, queries
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import, ImportMapping
from webapp.imports.parsers import csv, fec
from webapp.imports.parsers.source import Unreadable
from webapp.users.actor import NOBODY, Actor
from webapp.users.policy import may

LARGEST = 600 * 1024 * 1024
BLOCK = 1 << 20
SAMPLE_ROWS = 200
SHOWN_SAMPLES = 3
KEPT = timedelta(days=7)
# States in which the file may still be given other columns.
OPEN_STATES = ("uploaded", "checked", "refused", "failed", "cancelled")


def require(actor: Actor) -> None:
    """Raises Forbidden when the role does not import."""
    if not may(actor, "import.files"):
        raise Forbidden(_l("Votre rôle n’importe pas de fichiers."))


@dataclass(frozen=True)
class Arrival:
    """A file that came in: kept aside and looked at, nothing of it in the database yet."""

    filename: str
    kind: str
    path: Path
    size: int
    sha256: str
    dialect: csv.Dialect
    samples: dict[str, list[str]]
    format: str = "csv"
    mode: str = "delta"

    def discard(self) -> None:
        """Nobody wants it: it had been brought before, or was refused."""
        self.path.unlink(missing_ok=True)


def take_in(
    actor: Actor,
    filename: str,
    stream: IO[bytes],
    *,
    folder: Path,
    kind: str = "invoices",
    format: str = "auto",
    mode: str = "delta",
) -> Arrival:
    """Keep the file under `folder` and find out how it is written; outside any transaction.

    `mode` is delta, or stock when the file is everything that is open. `format` is auto, csv or fec; a FEC
    is known by its columns. Raises Forbidden, TooLarge, and Invalid with the reason under `file`.
    """
    require(actor)
    if kind not in columns.KINDS or mode not in ("delta", "stock"):
        raise Invalid(errors={"kind": FILE["kind_unsupported"]}, code="kind_unsupported")
    path, size, digest = _keep(stream, folder)
    try:
        if format == "fec" or (format == "auto" and kind == "invoices" and _looks_like_fec(path)):
            dialect, samples, format = _fec_dialect(path), {}, "fec"
        else:
            dialect, format = csv.read_dialect(path), "csv"
            let_others_in()
            samples = _samples(path, dialect)
    except Unreadable as error:
        path.unlink(missing_ok=True)
        sentence = say(FILE, error.code, line=error.line, **error.params)
        raise Invalid(errors={"file": sentence}, code=error.code) from error
    name = Path(filename).name[:255] or "fichier.csv"
    return Arrival(
        name,
        kind,
        path,
        size,
        digest,
        dialect,
        samples,
        format,
        mode if kind == "invoices" and format == "csv" else "delta",
    )


def _looks_like_fec(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(4096).replace(b"\x00", b"").lower()
    return b"journalcode" in head and b"comptenum" in head


def _fec_dialect(path: Path) -> csv.Dialect:
    layout = fec.read_layout(path)
    width = len(layout.headers)
    return csv.Dialect(layout.encoding, layout.delimiter, "LF", 1, layout.headers, width)


def receive(
    actor: Actor, arrival: Arrival, *, mapping_name: str | None = None, enqueue_check: bool = True
) -> Import:
    """Note a file that came in, guess its columns, and ask for its check.

    The state is `checking`, or `uploaded` when a needed column is not recognised. Raises
    Forbidden, and Invalid when no mapping has that name.
    """
    require(actor)
    kind, dialect, samples = arrival.kind, arrival.dialect, arrival.samples
    proposal, mapping = columns.Proposal(), dict[str, str]()
    if arrival.format == "csv":
        proposal = columns.propose(kind, dialect.headers, samples)
        mapping = _remembered(kind, dialect.headers, mapping_name) or proposal.mapping
    row = Import(
        id=new_id(),
        filename=arrival.filename,
        path=str(arrival.path),
        size=arrival.size,
        sha256=arrival.sha256,
        kind=kind,
        format=arrival.format,
        mode=arrival.mode,
        state="uploaded",
        dialect={
            "encoding": dialect.encoding,
            "delimiter": dialect.delimiter,
            "newline": dialect.newline,
            "header_line": dialect.header_line,
            "headers": list(dialect.headers),
            "width": dialect.width,
            "samples": {name: values[:SHOWN_SAMPLES] for name, values in samples.items()},
            "proposed": [name for name in proposal.unsure if mapping == proposal.mapping],
            "ignored": [each for each in proposal.ignored if each["column"] not in mapping.values()],
        },
        mapping=mapping,
        created_by=None if actor.user_id == NOBODY else actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    _start_check(row, enqueue_check)
    return row


def _keep(stream: IO[bytes], folder: Path) -> tuple[Path, int, str]:
    folder.mkdir(parents=True, exist_ok=True)
    path, size, digest = folder / f"{new_id().hex}.csv", 0, hashlib.sha256()
    try:
        with path.open("wb") as target:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > LARGEST:
                    raise TooLarge(FILE["too_large"])
                digest.update(block)
                target.write(block)
                let_others_in()
    except BaseException:  # too large, or no room for it: nothing of it stays
        path.unlink(missing_ok=True)
        raise
    return path, size, digest.hexdigest()


def _samples(path: Path, dialect: csv.Dialect) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in dialect.headers}
    for row, _number in zip(csv.read_rows(path, dialect), range(SAMPLE_ROWS), strict=False):
        for name, value in zip(dialect.headers, row.cells, strict=True):
            if value.strip():
                found[name].append(value.strip()[:80])
    return found


def _remembered(kind: str, headers: tuple[str, ...], name: str | None) -> dict[str, str] | None:
    """The mapping a person kept: by name, else the one last used for such a header."""
    query = select(ImportMapping).where(ImportMapping.kind == kind)
    if name:
        found = db.session.scalars(query.where(ImportMapping.name == name)).first()
        if found is None:
            raise Invalid(errors={"mapping": say(FILE, "unknown_mapping", name=name)}, code="unknown_mapping")
    else:
        key = columns.headers_key(headers)
        found = db.session.scalars(query.where(ImportMapping.headers_key == key)).first()
        if found is None:
            return None
    return {field: column for field, column in found.columns.items() if column in headers}


def set_mapping(
    actor: Actor, import_id: uuid.UUID, mapping: Mapping[str, str], name: str | None = None
) -> Import:
    """Say which column means what, remember it, and check the file again.

    Raises Invalid when a needed field has no column or a column is not in the file.
    """
    row = queries.get_import(actor, import_id)
    if row.state not in OPEN_STATES or row.format == "fec":
        raise Conflict(_l("Cet import n’attend plus de colonnes."))
    chosen = {field: column for field, column in mapping.items() if column}
    known = {each.name for each in columns.fields_of(row.kind)}
    errors: dict[str, Any] = {
        field: say(FILE, "unknown_column", column=column)
        for field, column in chosen.items()
        if column not in row.dialect["headers"] or field not in known
    }
    labels = {each.name: each.label for each in columns.fields_of(row.kind)}
    for field in columns.missing_fields(row.kind, chosen):
        errors[field] = say(FILE, "missing_column", label=str(labels[field]))
    for column in chosen.values():
        if sum(other == column for other in chosen.values()) > 1:
            errors["mapping"] = _l("Une colonne ne peut servir deux fois : « %(column)s ».", column=column)
    if errors:
        raise Invalid(_l("Les colonnes ne suffisent pas."), errors=errors)
    row.mapping = chosen
    row.dialect = {**row.dialect, "proposed": []}
    _remember(row, name)
    _start_check(row, True)
    return row


def _remember(row: Import, name: str | None) -> None:
    key = columns.headers_key(row.dialect["headers"])
    found = db.session.scalars(
        select(ImportMapping).where(ImportMapping.kind == row.kind, ImportMapping.headers_key == key)
    ).first()
    if found is None:
        found = ImportMapping(id=new_id(), kind=row.kind, headers_key=key, name="", columns={})
        db.session.add(found)
    found.name = (name or found.name or row.filename)[:80]
    found.columns, found.used_at = dict(row.mapping), now()


def _start_check(row: Import, enqueue_check: bool) -> None:
    if row.format == "csv" and columns.missing_fields(row.kind, row.mapping):
        row.state = "uploaded"
        return
    row.state, row.cancel_requested = "checking", False
    row.rows_done = row.rows_total = 0
    row.counts, row.totals, row.warnings, row.errors = {}, {}, [], []
    if enqueue_check:
        enqueue("imports.check", f"imports.check:{row.id}:{new_id()}", import_id=str(row.id))


def request_commit(actor: Actor, import_id: uuid.UUID, *, enqueue_commit: bool = True) -> Import:
    """Ask for a checked file to be written; asking twice is asking once."""
    row = queries.get_import(actor, import_id)
    if row.state in ("importing", "imported"):
        return row
    if row.state != "checked" or row.counts.get("refused"):
        raise Conflict(_l("Seul un fichier contrôlé, sans ligne refusée, peut être importé."))
    row.state, row.cancel_requested, row.rows_done = "importing", False, 0
    if enqueue_commit:
        enqueue("imports.commit", f"imports.commit:{row.id}:{new_id()}", import_id=str(row.id))
    return row


def cancel(actor: Actor, import_id: uuid.UUID) -> Import:
    """Stop a check or an import under way, or drop a file not imported. Nothing was written."""
    row = queries.get_import(actor, import_id)
    if row.state in ("checking", "importing"):
        row.cancel_requested = True
    elif row.state in OPEN_STATES:
        row.state, row.finished_at = "cancelled", now()
    else:
        raise Conflict(_l("Cet import ne peut plus être annulé."))
    return row


def discard_old_files() -> int:
    """Delete uploaded files a week after their import ended or was left; returns how many."""
    rows = db.session.scalars(select(Import).where(Import.created_at < now() - KEPT, Import.path != "")).all()
    for row in rows:
        Path(row.path).unlink(missing_ok=True)
        row.path = ""
        if row.state in ("uploaded", "checked"):
            row.state, row.finished_at = "cancelled", now()
    return len(rows)


def move_files(folder: Path) -> None:
    """Waiting files stand in `folder` now: a copy was restored in another place."""
    for row in db.session.scalars(select(Import).where(Import.path != "")):
        row.path = str(folder / Path(row.path).name)
