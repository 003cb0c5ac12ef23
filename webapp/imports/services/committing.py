"""A checked file becomes entries in the books: all of it, in one transaction, or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.clients.services import ensure_clients, revive_clients, upsert_client
from webapp.core.clock import now
from webapp.extensions import db
from webapp.imports.judging import iso
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import, ImportRow
from webapp.invoices.models import Invoice
from webapp.invoices.services import InvoiceInput, Upserted, upsert_invoices
from webapp.payments.services import Settlement, record_settlements
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import find_branch_by_name, find_user_by_email
from webapp.users.services import ensure_branch

CHUNK = 2000
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


def staged(import_id: uuid.UUID, *outcomes: str) -> Iterator[list[ImportRow]]:
    """Staged rows with these outcomes, in pieces, in the order of the file."""
    after = 0
    while True:
        rows = db.session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == import_id, ImportRow.outcome.in_(outcomes), ImportRow.line > after)
            .order_by(ImportRow.line)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        after = rows[-1].line
        yield list(rows)


def _write_invoices(actor: Actor, row: Import) -> None:
    """Clients, documents, payments, chunk by chunk. Raises ChangedMeanwhile."""
    for rows in staged(row.id, *WRITTEN, "unchanged"):
        ensured = ensure_clients(list(map(_client_row(actor), rows)), row.id)
        done = upsert_invoices(actor, [_input(each.values, ensured.clients) for each in rows], row.id)
        settled = _settle(actor, row, rows, done.ids)
        if done.refused or any(not _as_foreseen(each, done, settled, ensured.clients) for each in rows):
            raise ChangedMeanwhile


def _as_foreseen(row: ImportRow, done: Upserted, settled: set[str], clients: dict[str, Client]) -> bool:
    """Did the row change exactly what the check showed, from the values it showed?"""
    ref, old = row.values["ref"], done.before.get(row.values["ref"])
    if row.outcome == "created":
        return ref in done.created or (old is not None and old["voided"])
    if ref in done.created or (old is not None and old["voided"]):
        return False
    foreseen = dict(row.before or {})
    if ("settled_on" in foreseen) != (ref in settled):
        return False
    moved = old is not None and old["client_id"] != clients[row.values["client_ref"]].id
    if moved != ("client_ref" in foreseen):
        return False
    changed = {name: iso(old[name]) for name in FACTS if iso(old[name]) != row.values[name]} if old else {}
    return changed == {name: was for name, was in foreseen.items() if name in FACTS}


def _client_row(actor: Actor) -> Callable[[ImportRow], dict[str, Any]]:
    """What a row of invoices says about its client; branches and people looked up once."""
    branches: dict[str, uuid.UUID] = {}
    people: dict[str, uuid.UUID | None] = {}

    def read(row: ImportRow) -> dict[str, Any]:
        values = row.values
        found: dict[str, Any] = {"ref": values["client_ref"], "name": values.get("client_name")}
        found |= {name: values[name] for name in ("siren", "siret", "vat_number") if name in values}
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


def _input(values: dict[str, Any], clients: dict[str, Client]) -> InvoiceInput:
    return InvoiceInput(
        ref=values["ref"],
        client_id=clients[values["client_ref"]].id,
        issued_on=date.fromisoformat(values["issued_on"]),
        due_on=date.fromisoformat(values["due_on"]),
        gross=values["gross"],
        kind=values["kind"],
        currency=values["currency"],
        due_computed=bool(values.get("due_computed")),
    )


def _settle(actor: Actor, row: Import, rows: list[ImportRow], ids: dict[str, uuid.UUID]) -> set[str]:
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
    record_settlements(actor, settlements, row.id)
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
