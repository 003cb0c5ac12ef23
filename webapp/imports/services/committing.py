"""A checked file becomes entries in the books: all of it, in one transaction, or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select

from webapp.clients.services import ensure_clients, revive_clients, upsert_client
from webapp.core.bulk import analyze
from webapp.core.clock import now
from webapp.core.events import record
from webapp.core.money import UNIT_RATE
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.judging import iso
from webapp.imports.lanes import facts_of, says_the_same
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import
from webapp.imports.staging import StagedRow
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.services import InvoiceInput, Upserted, insert_invoices, upsert_invoices
from webapp.payments.models import Payment
from webapp.payments.services import Settlement, insert_settlements, record_settlements, refresh
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import find_branch_by_name, find_user_by_email
from webapp.users.services import ensure_branch

CHUNK = 2000
WINDOW = 40_000  # new documents go in so many at a time, neighbours by client together
CLIENT = ("client_ref", "client_name", "siren", "siret", "vat_number", "branch", "sales_rep")
DOCUMENT = ("line", "outcome", "ref", "client_ref", "issued_on", "due_on", "gross", "kind", "currency",
            "rate", "due_computed", "settled_on")  # fmt: skip
WRITTEN = ("created", "updated")
FACTS = ("issued_on", "due_on", "gross", "kind")
Transaction = Callable[[], Any]


class ChangedMeanwhile(Exception):
    """The books are no longer what they were when the file was checked."""


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
            write = _write_clients if row.kind == "clients" else _write_invoices
            write(actor, row)
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


def staged(import_id: uuid.UUID, *outcomes: str) -> Iterator[list[StagedRow]]:
    """Staged rows with these outcomes, in pieces, in the order of the file."""
    for frame in staging.frames(import_id, outcomes):
        for piece in frame.iter_slices(CHUNK):
            yield list(staging.rows_of(piece))


def _write_invoices(actor: Actor, row: Import) -> None:
    """Clients, documents, payments, then balances and news once. Raises ChangedMeanwhile."""
    book = _Book(actor, row, _ensure_clients(actor, row))
    window: list[pl.DataFrame] = []
    for frame in staging.frames(row.id, [*WRITTEN, "unchanged"]):
        window.append(frame)
        if sum(each.height for each in window) >= WINDOW:
            book.write(pl.concat(window))
            window.clear()
    if window:
        book.write(pl.concat(window))
    book.close()


class _Book:
    """Writes the documents of a file, many at a time, and remembers whose balances must follow."""

    def __init__(self, actor: Actor, row: Import, clients: dict[str, uuid.UUID]) -> None:
        self.actor, self.row, self.clients = actor, row, clients
        self.ids = pl.DataFrame(
            {"client_ref": list(clients), "client_id": [each.hex for each in clients.values()]},
            schema={"client_ref": pl.String, "client_id": pl.String},
        )
        self.stale: set[uuid.UUID] = set()
        self.wrote = False

    def write(self, frame: pl.DataFrame) -> None:
        """New documents together, the others one by one. Raises ChangedMeanwhile."""
        facts = facts_of(frame["ref"].to_list())
        both = frame.select(DOCUMENT).join(facts, on="ref", how="left", maintain_order="left", suffix=" now")
        unchanged = pl.col("outcome") == "unchanged"
        if not both.filter(unchanged).select(says_the_same().fill_null(False).all()).item():
            raise ChangedMeanwhile
        fresh = (pl.col("outcome") == "created") & pl.col("live").is_null()
        self._insert(both.filter(fresh))
        for piece in frame.join(
            both.filter(~fresh & ~unchanged).select("line"), on="line", how="semi", maintain_order="left"
        ).iter_slices(CHUNK):
            self._correct(list(staging.rows_of(piece)))

    def _insert(self, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        rows = rows.join(self.ids, on="client_ref", how="left").with_columns(
            pl.col("rate").fill_null(UNIT_RATE), pl.col("due_computed").fill_null(False)
        )
        done = insert_invoices(self.actor, rows, self.row.id)
        settled = done.filter(pl.col("settled_on").is_not_null())
        if settled.height:
            insert_settlements(self.actor, settled, self.row.id)
        self.stale.update(map(uuid.UUID, rows["client_id"].unique().to_list()))
        self.wrote = True

    def _correct(self, rows: list[StagedRow]) -> None:
        inputs = [_input(each.values, self.clients) for each in rows]
        done = upsert_invoices(self.actor, inputs, self.row.id, stale=self.stale)
        settled = _settle(self.actor, self.row, rows, self.stale)
        if done.refused or any(not _as_foreseen(each, done, settled, self.clients) for each in rows):
            raise ChangedMeanwhile
        self.wrote = True

    def close(self) -> None:
        """Balances follow, and whoever listens hears that documents changed, once for the whole file."""
        if not self.wrote:
            return
        if db.engine.dialect.name == "postgresql":
            analyze(*(kind.__table__ for kind in (Invoice, Instalment, Payment)))
        refresh(self.stale)
        record(InvoicesChanged(()))


def _ensure_clients(actor: Actor, row: Import) -> dict[str, uuid.UUID]:
    """Clients of all rows, made when new; their ids by ref. The first row of each says what it is."""
    read, pieces = _client_row(actor), []
    for frame in staging.frames(row.id, [*WRITTEN, "unchanged"], columns=CLIENT):
        pieces.append(frame.select(CLIENT).unique(maintain_order=True))
    named = (
        pl.concat(pieces).unique(maintain_order=True)
        if pieces
        else pl.DataFrame(schema=dict.fromkeys(CLIENT))
    )
    ids: dict[str, uuid.UUID] = {}
    for piece in named.iter_slices(CHUNK):
        found = ensure_clients([read(each) for each in piece.iter_rows(named=True)], row.id)
        ids |= {ref: client.id for ref, client in found.clients.items()}
    return ids


def _as_foreseen(row: StagedRow, done: Upserted, settled: set[str], clients: dict[str, uuid.UUID]) -> bool:
    """Did the row change exactly what the check showed, from the values it showed?"""
    ref, old = row.values["ref"], done.before.get(row.values["ref"])
    if row.outcome == "created":
        return ref in done.created or (old is not None and old["voided"])
    if ref in done.created or (old is not None and old["voided"]):
        return False
    foreseen = dict(row.before or {})
    if ("settled_on" in foreseen) != (ref in settled):
        return False
    moved = old is not None and old["client_id"] != clients[row.values["client_ref"]]
    if moved != ("client_ref" in foreseen):
        return False
    changed = {name: iso(old[name]) for name in FACTS if iso(old[name]) != row.values[name]} if old else {}
    return changed == {name: was for name, was in foreseen.items() if name in FACTS}


def _client_row(actor: Actor) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What a row of invoices says about its client; branches and people looked up once."""
    branches: dict[str, uuid.UUID] = {}
    people: dict[str, uuid.UUID | None] = {}

    def read(values: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"ref": values["client_ref"], "name": values.get("client_name")}
        found |= {name: values[name] for name in ("siren", "siret", "vat_number") if values.get(name)}
        if name := values.get("branch"):
            if name not in branches:
                branches[name] = (find_branch_by_name(name) or ensure_branch(actor, name)).id
            found["branch_id"] = branches[name]
        if email := values.get("sales_rep"):
            if email not in people:
                person = find_user_by_email(email)
                people[email] = person.id if person else None
            found["sales_rep_id"] = people[email]
        return found

    return read


def _input(values: dict[str, Any], clients: dict[str, uuid.UUID]) -> InvoiceInput:
    return InvoiceInput(
        ref=values["ref"],
        client_id=clients[values["client_ref"]],
        issued_on=date.fromisoformat(values["issued_on"]),
        due_on=date.fromisoformat(values["due_on"]),
        gross=values["gross"],
        kind=values["kind"],
        currency=values["currency"],
        due_computed=bool(values.get("due_computed")),
    )


def _settle(actor: Actor, row: Import, rows: list[StagedRow], stale: set[uuid.UUID]) -> set[str]:
    """Payments of rows that say when they were settled; returns the refs that got one."""
    wanted = {each.values["ref"]: each.values for each in rows if "settled_on" in each.values}
    if not wanted:
        return set()
    refs = list(wanted)
    settlements = []
    for start in range(0, len(refs), 500):
        chunk = refs[start : start + 500]
        for invoice in db.session.scalars(
            select(Invoice).where(Invoice.ref.in_(chunk), Invoice.voided_at.is_(None), Invoice.open > 0)
        ):
            day = date.fromisoformat(wanted[invoice.ref]["settled_on"])
            settlements.append(_settlement(invoice, day))
    record_settlements(actor, settlements, row.id, stale=stale)
    return {settlement.invoice_ref for settlement in settlements}


def _settlement(invoice: Invoice, day: date) -> Settlement:
    return Settlement(
        invoice.id,
        invoice.ref,
        invoice.client_id,
        invoice.open,
        day,
        invoice.open_value,
        invoice.currency,
        invoice.rate,
    )


def _write_clients(actor: Actor, row: Import) -> None:
    for rows in staged(row.id, *WRITTEN):
        for each in rows:
            values = {name: value for name, value in each.values.items() if name != "ref"}
            client, _outcome = upsert_client(actor, each.values["ref"], values, import_id=row.id)
            if client.archived_at is not None:
                revive_clients([client.id], row.id)
