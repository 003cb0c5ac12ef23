"""Documents of a file on their way into the books: new ones together, corrected ones one by one."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select

from webapp.core.bulk import analyze
from webapp.core.events import record
from webapp.core.money import UNIT_RATE
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.judging import iso
from webapp.imports.lanes import facts_of, says_the_same
from webapp.imports.models import Import
from webapp.imports.staging import StagedRow
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.services import InvoiceInput, Upserted, insert_invoices, upsert_invoices
from webapp.payments.models import Payment
from webapp.payments.services import Settlement, insert_settlements, record_settlements, refresh
from webapp.users.actor import Actor

CHUNK = 2000
FACTS = ("issued_on", "due_on", "gross", "kind")
DOCUMENT = ("line", "outcome", "ref", "client_ref", "issued_on", "due_on", "gross", "kind", "currency",
            "rate", "due_computed", "settled_on")  # fmt: skip


class ChangedMeanwhile(Exception):
    """The books are no longer what they were when the file was checked."""


class Book:
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
        self.touch(rows["client_id"])

    def _correct(self, rows: list[StagedRow]) -> None:
        inputs = [_input(each.values, self.clients) for each in rows]
        done = upsert_invoices(self.actor, inputs, self.row.id, stale=self.stale)
        settled = _settle(self.actor, self.row, rows, self.stale)
        if done.refused or any(not _as_foreseen(each, done, settled, self.clients) for each in rows):
            raise ChangedMeanwhile
        self.wrote = True

    def touch(self, client_ids: pl.Series) -> None:
        """The balances of these clients (hex ids) must follow."""
        self.stale.update(map(uuid.UUID, client_ids.unique().to_list()))
        self.wrote = True

    def close(self) -> None:
        """Balances follow, and whoever listens hears that documents changed, once for the whole file."""
        if not self.wrote:
            return
        if db.engine.dialect.name == "postgresql":
            analyze(*(kind.__table__ for kind in (Invoice, Instalment, Payment)))
        refresh(self.stale)
        record(InvoicesChanged(()))


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


def _input(values: dict[str, Any], clients: dict[str, uuid.UUID]) -> InvoiceInput:
    return InvoiceInput(
        ref=values["ref"],
        client_id=clients[values["client_ref"]],
        issued_on=date.fromisoformat(values["issued_on"]),
        due_on=date.fromisoformat(values["due_on"]),
        gross=values["gross"],
        kind=values["kind"],
        currency=values["currency"],
        rate=values.get("rate", UNIT_RATE),
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
            settlements.append(settlement(invoice, day))
    record_settlements(actor, settlements, row.id, stale=stale)
    return {settlement.invoice_ref for settlement in settlements}


def settlement(invoice: Invoice, day: date) -> Settlement:
    """What is still open of an invoice, settled on that day."""
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
