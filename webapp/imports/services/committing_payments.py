"""A checked file of payments enters the books, each put on the invoices it names."""

from __future__ import annotations

import polars as pl

from webapp.core.money import UNIT_RATE
from webapp.imports import staging
from webapp.imports.models import Import
from webapp.imports.payment_judging import SOURCE, list_open, refs_in
from webapp.imports.services.booking import Book, ChangedMeanwhile
from webapp.imports.services.clients import ensure_named
from webapp.payments.queries import map_receipts
from webapp.payments.rules import spread_over
from webapp.payments.services import Group, insert_payments, match_many
from webapp.users.actor import Actor

CHUNK = 2000


def write_payments(actor: Actor, row: Import) -> None:
    """Payments that are new, and what they settle. Raises ChangedMeanwhile when one came in since."""
    book = Book(actor, row, ensure_named(actor, row))
    for frame in staging.frames(row.id, ["created"]):
        for piece in frame.iter_slices(CHUNK):
            book_payments(actor, row, book, piece, SOURCE)
            _settle(actor, row, book, piece)
    book.close()


def book_payments(actor: Actor, row: Import, book: Book, new: pl.DataFrame, source: str) -> None:
    """Record staged payments, not allocated yet. Raises ChangedMeanwhile when one came in since."""
    if not new.height:
        return
    if map_receipts(source, new["ref"].to_list()):
        raise ChangedMeanwhile
    for name in ("method", "text"):
        if name not in new.columns:
            new = new.with_columns(pl.lit(None, pl.String).alias(name))
    rows = new.join(book.ids, on="client_ref", how="left").select(
        "ref", "client_id", "currency", "method", "text",
        source=pl.lit(source),
        received_on="issued_on",
        amount="gross",
        rate=pl.col("rate").fill_null(UNIT_RATE),
    )  # fmt: skip
    insert_payments(actor, rows, row.id)
    book.touch(rows["client_id"])


def _settle(actor: Actor, row: Import, book: Book, piece: pl.DataFrame) -> None:
    """Put payments on the invoices they name, in the order they name them."""
    named = piece.filter(pl.col("invoices").is_not_null()).sort("issued_on", "line")
    if not named.height:
        return
    receipts = map_receipts(SOURCE, named["ref"].to_list())
    found = list_open(ref for text in named["invoices"] for ref in refs_in(text))
    left = {ref: invoice.open for ref, invoice in found.items()}
    groups: list[Group] = []
    for ref, client_ref, text in named.select("ref", "client_ref", "invoices").iter_rows():
        cited = [each for each in refs_in(text) if each in found]
        if len(cited) < len(refs_in(text)):
            raise ChangedMeanwhile
        paid = receipts[ref]
        shares = spread_over(
            [(paid.id, paid.unapplied, False)], [(found[each].id, left[each]) for each in cited]
        )
        for share in shares:
            taken = next(each for each in cited if found[each].id == share.invoice_id)
            left[taken] -= share.amount
        if shares:
            groups.append(Group(book.clients[client_ref], None, tuple(shares)))
    match_many(actor, groups, import_id=row.id, stale=book.stale)
