"""What a stock file no longer names is settled on the day of the file."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from webapp.core.bulk import among
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.models import Import
from webapp.imports.services.booking import Book, ChangedMeanwhile, settlement
from webapp.imports.stock import day_of
from webapp.invoices.models import Invoice
from webapp.invoices.rules import SIGN
from webapp.payments.rules import spread_over
from webapp.payments.services import Group, match_many, record_settlements
from webapp.users.actor import Actor

CHUNK = 500


def clear_missing(actor: Actor, row: Import, book: Book) -> None:
    """Credits meet the debits of their client, payments settle the rest. Raises ChangedMeanwhile."""
    day = day_of(row)
    found: list[Any] = []
    for frame in staging.frames(row.id, ["cleared"]):
        foreseen = dict(frame.select("ref", "gross").iter_rows())
        now_open = _open(list(foreseen))
        if {each.ref: each.open for each in now_open} != foreseen:
            raise ChangedMeanwhile
        found += now_open
    groups = _absorb(found)
    if groups:
        match_many(actor, groups, import_id=row.id, stale=book.stale)
    debits = [each.ref for each in found if SIGN[each.kind] > 0]
    for start in range(0, len(debits), CHUNK):
        settled = [
            settlement(invoice, max(day, invoice.issued_on))
            for invoice in _documents(debits[start : start + CHUNK])
        ]
        record_settlements(actor, settled, row.id, stale=book.stale)
    book.wrote = book.wrote or bool(found)


def _absorb(found: list[Any]) -> list[Group]:
    """Each client's credits on its debits, currency by currency, oldest first."""
    sides: dict[Any, list[Any]] = defaultdict(list)
    for each in found:
        sides[(each.client_id, each.currency)].append(each)
    groups: list[Group] = []
    for (client_id, _currency), members in sides.items():
        members.sort(key=lambda each: (each.due_on, each.ref))
        credits = [(each.id, each.open, True) for each in members if SIGN[each.kind] < 0]
        debits = [(each.id, each.open) for each in members if SIGN[each.kind] > 0]
        if shares := spread_over(credits, debits):
            groups.append(Group(client_id, None, tuple(shares)))
    return groups


def _open(refs: list[str]) -> list[Any]:
    columns = (
        Invoice.id,
        Invoice.ref,
        Invoice.kind,
        Invoice.client_id,
        Invoice.due_on,
        Invoice.open,
        Invoice.currency,
    )
    return list(
        db.session.execute(select(*columns).where(among(Invoice.ref, refs), Invoice.voided_at.is_(None)))
    )


def _documents(refs: list[str]) -> list[Invoice]:
    query = select(Invoice).where(Invoice.ref.in_(refs), Invoice.voided_at.is_(None), Invoice.open > 0)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
