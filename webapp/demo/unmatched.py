"""What the bank brought these last days and nobody has matched yet. Pure: the books, a day.

Most texts name their invoices; some name none, a few are cents short, and some could stand for
either of two equal invoices.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.demo.books import Books, Document, Receipt

DAYS, MOST = 7, 40
SILENT, SHORT, TWIN = 4, 7, 9  # every so manieth


def leave_unmatched(books: Books, day: date) -> None:
    """Take the settlements of most payments of the last days back: they wait to be matched."""
    rng = random.Random(len(books.documents))  # nosec B311 # its own: nothing else is drawn differently
    settled: dict[int, list[Document]] = defaultdict(list)
    for document in books.documents:
        for place, _amount, _on in document.paid:
            settled[place].append(document)
    recent = [place for place in settled if (day - books.receipts[place].received_on).days <= DAYS]
    for number, place in enumerate(rng.sample(recent, min(len(recent) * 3 // 4, MOST)), 1):
        receipt, documents = books.receipts[place], settled[place]
        for document in documents:
            document.paid = [each for each in document.paid if each[0] != place]
        receipt.extra, receipt.allocated = receipt.amount, 0
        if number % SILENT == 0 or number % TWIN == 0:
            receipt.refs.clear()
        if number % TWIN == 0 and len(documents) == 1:
            _double(books, documents[0])
        elif number % SHORT == 0:
            _shorten(rng, receipt)


def _double(books: Books, document: Document) -> None:
    """Another open invoice of this client becomes equal to this one."""
    for other in books.documents:
        plain = other.kind == "invoice" and not other.paid and len(other.parts) == 1 == len(document.parts)
        if plain and other is not document and other.owner == document.owner and not document.paid:
            other.gross, other.parts = document.gross, ((other.parts[0][0], document.gross),)
            return


def _shorten(rng: random.Random, receipt: Receipt) -> None:
    receipt.extra -= min(rng.randint(5, 90), receipt.extra - 1)
