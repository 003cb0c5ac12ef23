"""The demo's books into tables as they stand in the end: documents, parts, payments, allocations."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from webapp.clients.rules import fold
from webapp.core.bulk import write_rows
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE
from webapp.demo.books import Books, Document
from webapp.demo.companies import Company
from webapp.demo.writing import at
from webapp.invoices.balances import refresh_balances
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.rules import SIGN, settle
from webapp.payments.models import Allocation, Payment

Row = tuple[Any, ...]
INVOICE = (
    "id",
    "ref",
    "kind",
    "client_id",
    "issued_on",
    "due_on",
    "gross",
    "open",
    "currency",
    "rate",
    "gross_value",
    "open_value",
    "due_computed",
    "paid_on",
    "late_days",
    "revision",
    "recorded_at",
)
INSTALMENT = ("id", "invoice_id", "client_id", "number", "due_on", "amount", "open", "open_value", "sign")
PAYMENT = (
    "id",
    "source",
    "source_ref",
    "client_id",
    "received_on",
    "amount",
    "unapplied",
    "currency",
    "rate",
    "amount_value",
    "unapplied_value",
    "text",
    "recorded_at",
)
ALLOCATION = ("id", "payment_id", "invoice_id", "amount", "effective_on", "recorded_at")


def write_books(books: Books, companies: Sequence[Company], clients: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Write the books of some clients and compute their balances; ids of the documents.

    `companies` and `clients` are those of the whole company: documents name them by place.
    """
    ids = [new_id() for _ in books.documents]
    pairs = list(zip(ids, books.documents, strict=True))
    write_rows(Invoice.__table__, INVOICE, (_invoice(*pair, clients) for pair in pairs))
    write_rows(Instalment.__table__, INSTALMENT, (part for pair in pairs for part in _parts(*pair, clients)))
    payments = [new_id() for _ in books.receipts]
    write_rows(Payment.__table__, PAYMENT, _payments(books, payments, companies, clients))
    write_rows(
        Allocation.__table__,
        ALLOCATION,
        (
            (new_id(), payments[index], invoice_id, amount, paid_on, at(paid_on, 9))
            for invoice_id, document in pairs
            for index, amount, paid_on in document.paid
        ),
    )
    unapplied: dict[uuid.UUID, int] = defaultdict(int)
    for receipt in books.receipts:
        unapplied[clients[receipt.owner]] += receipt.extra
    refresh_balances([clients[owner] for owner in books.owners], unapplied)
    return ids


def _invoice(invoice_id: uuid.UUID, document: Document, clients: Sequence[uuid.UUID]) -> Row:
    open_ = document.open
    paid_on = document.paid[-1][2] if document.paid and open_ == 0 else None
    return (
        invoice_id,
        document.ref,
        document.kind,
        clients[document.owner],
        document.issued_on,
        document.due_on,
        document.gross,
        open_,
        "EUR",
        UNIT_RATE,
        document.gross,
        open_,
        False,
        paid_on,
        (paid_on - document.due_on).days if paid_on else None,
        1,
        at(document.issued_on, 16),
    )


def _parts(invoice_id: uuid.UUID, document: Document, clients: Sequence[uuid.UUID]) -> Iterator[Row]:
    shares = settle([amount for _due, amount in document.parts], document.gross - document.open)
    owner, sign = clients[document.owner], SIGN[document.kind]
    for number, ((due_on, amount), share) in enumerate(zip(document.parts, shares, strict=True), 1):
        yield new_id(), invoice_id, owner, number, due_on, amount, amount - share, amount - share, sign


def _payments(
    books: Books, ids: Sequence[uuid.UUID], companies: Sequence[Company], clients: Sequence[uuid.UUID]
) -> Iterator[Row]:
    ranks: Counter[date] = Counter()
    names = {owner: fold(companies[owner].trade_name).upper() for owner in books.owners}
    for payment_id, receipt in zip(ids, books.receipts, strict=True):
        company, on = companies[receipt.owner], receipt.received_on
        ranks[on] += 1
        refs = " ".join(dict.fromkeys(receipt.refs[:4]))
        yield (
            payment_id,
            "bank",
            f"{on:%Y%m%d}-{company.ref}-{ranks[on]}",
            clients[receipt.owner],
            on,
            receipt.amount,
            receipt.extra,
            "EUR",
            UNIT_RATE,
            receipt.amount,
            receipt.extra,
            f"{receipt.means} {names[receipt.owner]} {refs}"[:140],
            at(on, 9),
        )
