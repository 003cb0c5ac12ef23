"""A checked FEC becomes documents, payments and matchings."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import polars as pl
from sqlalchemy import select

from webapp.core.bulk import among
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.entry_judging import SOURCE, Left, shares_of
from webapp.imports.models import Import
from webapp.imports.services.booking import Book
from webapp.imports.services.clients import ensure_named
from webapp.imports.services.committing_payments import book_payments
from webapp.invoices.models import Invoice
from webapp.payments.queries import map_receipts
from webapp.payments.services import Group, match_many
from webapp.users.actor import Actor

ALL = ("created", "updated", "unchanged")
LETTERED = ("line", "ref", "client_ref", "issued_on", "role", "letters")
GROUPS = 500


def write_entries(actor: Actor, row: Import) -> None:
    """Documents, then payments, then what the letters put together. Raises ChangedMeanwhile."""
    book = Book(actor, row, ensure_named(actor, row))
    for frame in staging.frames(row.id, ALL):
        documents = frame.filter(pl.col("role") != "payment")
        if documents.height:
            book.write(documents)
        received = (pl.col("role") == "payment") & (pl.col("outcome") == "created")
        book_payments(actor, row, book, frame.filter(received), SOURCE)
    pending: list[list[Left]] = []
    for members in _lettered(row):
        pending.append(members)
        if len(pending) >= GROUPS:
            _match(actor, row, book, pending)
            pending = []
    _match(actor, row, book, pending)
    book.close()


def _lettered(row: Import) -> Iterator[list[Left]]:
    """Groups of lettered entries, each oldest first."""
    pieces = [
        frame.filter(pl.col("letters").is_not_null()).select(LETTERED)
        for frame in staging.frames(row.id, ALL, columns=LETTERED)
    ]
    found: dict[tuple[str, str], list[Left]] = defaultdict(list)
    for piece in pieces:
        for line, ref, client, day, role, letters in piece.iter_rows():
            found[(client, letters)].append(Left(line, day, role, ref, client, letters))
    for members in found.values():
        if len({member.debit for member in members}) == 2:
            yield sorted(members, key=lambda member: (member.day, member.line))


def _match(actor: Actor, row: Import, book: Book, pending: list[list[Left]]) -> None:
    """Put the groups' credits on their debits, as far as both are still open."""
    members = [member for group in pending for member in group]
    documents = _documents([member.ref for member in members if member.role != "payment"])
    receipts = map_receipts(SOURCE, [member.ref for member in members if member.role == "payment"])
    made: list[Group] = []
    for group in pending:
        ids: dict[int, uuid.UUID] = {}
        left: dict[int, int] = {}
        for member in group:
            found = receipts.get(member.ref) if member.role == "payment" else documents.get(member.ref)
            if found is not None:
                ids[member.line] = found.id
                left[member.line] = found.unapplied if member.role == "payment" else found.open
        shares = shares_of(group, ids, left)
        if shares:
            made.append(Group(book.clients[group[0].client], group[0].letters, tuple(shares)))
    if made:
        match_many(actor, made, import_id=row.id, stale=book.stale)
        book.wrote = True


def _documents(refs: list[str]) -> dict[str, Any]:
    """Live documents by reference: id and what is open."""
    query = select(Invoice.ref, Invoice.id, Invoice.open).where(
        among(Invoice.ref, refs), Invoice.voided_at.is_(None)
    )
    return {found.ref: found for found in db.session.execute(query)}
