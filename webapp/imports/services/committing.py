"""A checked file becomes entries in the books: all of it, in one transaction, or nothing."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from webapp.clients.services import revive_clients, upsert_client
from webapp.core.bulk import spare_memory
from webapp.core.clock import now
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import
from webapp.imports.services.booking import Book, ChangedMeanwhile
from webapp.imports.services.clearing import clear_missing
from webapp.imports.services.clients import ensure_named
from webapp.imports.services.committing_entries import write_entries
from webapp.imports.services.committing_payments import write_payments
from webapp.imports.staging import StagedRow
from webapp.users import audit
from webapp.users.actor import Actor

CHUNK = 2000
WINDOW = 20_000  # new documents go in so many at a time, neighbours by client together
ANNOUNCED = 100_000  # rows
WRITTEN_A_SECOND = 20_000  # on two cores, from an empty company to a million rows
WRITTEN = ("created", "updated")
Transaction = Callable[[], Any]


def run_commit(actor: Actor, import_id: uuid.UUID, transaction: Transaction) -> None:
    """Write a checked file in one transaction of `transaction`, in the name of `actor`.

    Ends in state `imported`, `cancelled`, or `refused` with code `changed_meanwhile` when a row
    would now do something else than the check foresaw. Events: those of the services it calls.
    """
    try:
        with transaction():
            row = db.session.get_one(Import, import_id)
            if row.state != "importing":
                return
            if row.cancel_requested:
                row.state, row.finished_at = "cancelled", now()
                return
            spare_memory()
            WRITERS[row.shape](actor, row)
            row.state, row.finished_at, row.rows_done = "imported", now(), row.rows_total
            audit.write(
                actor,
                "import.done",
                "import",
                row.id,
                filename=row.filename,
                sha256=row.sha256,
                counts=row.counts,
                totals=row.totals,
            )
    except ChangedMeanwhile:
        with transaction():
            row = db.session.get_one(Import, import_id)
            row.state, row.finished_at = "refused", now()
            sentence = say(FILE, "changed_meanwhile")
            row.errors = [{"row": None, "column": None, "code": "changed_meanwhile", "message": sentence}]


def pause_of(row: Import) -> int:
    """Seconds for which nothing else can be written while this file is; 0 when nobody would notice.

    SQLite has one writer at a time: a large file is announced (DECISIONS, "Transactions").
    """
    if db.engine.dialect.name != "sqlite" or row.rows_total < ANNOUNCED:
        return 0
    return math.ceil(row.rows_total / WRITTEN_A_SECOND)


def staged(import_id: uuid.UUID, *outcomes: str) -> Iterator[list[StagedRow]]:
    """Staged rows with these outcomes, in pieces, in the order of the file."""
    for frame in staging.frames(import_id, outcomes):
        for piece in frame.iter_slices(CHUNK):
            yield list(staging.rows_of(piece))


def _write_invoices(actor: Actor, row: Import) -> None:
    """Clients, documents, payments, then balances and news once. Raises ChangedMeanwhile."""
    book = Book(actor, row, ensure_named(actor, row))
    window: list[pl.DataFrame] = []
    for frame in staging.frames(row.id, [*WRITTEN, "unchanged"]):
        window.append(frame)
        if sum(each.height for each in window) >= WINDOW:
            book.write(pl.concat(window))
            window.clear()
    if window:
        book.write(pl.concat(window))
    if row.mode == "stock":
        clear_missing(actor, row, book)
    book.close()


def _write_clients(actor: Actor, row: Import) -> None:
    for rows in staged(row.id, *WRITTEN):
        for each in rows:
            values = {name: value for name, value in each.values.items() if name != "ref"}
            client, _outcome = upsert_client(actor, each.values["ref"], values, import_id=row.id)
            if client.archived_at is not None:
                revive_clients([client.id], row.id)


WRITERS = {
    "invoices": _write_invoices,
    "clients": _write_clients,
    "entries": write_entries,
    "payments": write_payments,
}
