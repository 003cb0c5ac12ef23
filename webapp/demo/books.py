"""Two years of invoices and payments, each client paying as it is used to. Pure: a seed, a day.

An invoice carries the allocations that settle it, so what is stored can be written as it stands
in the end, without replaying every payment. Large companies come in slices of neighbouring
clients: whatever its size, only one slice of the books is held.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from webapp.clients.rules import due_date
from webapp.demo.companies import Company
from webapp.demo.paying import Plan, is_working_day, plan_payments
from webapp.demo.unmatched import leave_unmatched

MONTHS_BACK = 24
# Building trades: a quiet August, a busy early summer and autumn.
SEASON = (0.85, 0.9, 1.0, 1.05, 1.1, 1.2, 1.05, 0.5, 1.15, 1.15, 1.0, 0.75)
SMALLEST, LARGEST = 4_500, 9_000_000
SLICE = 25_000  # documents held at a time
Orders = list[tuple[int, date]]  # whose and when, before anything else is known


@dataclass(slots=True)
class Document:
    """An invoice or credit note. `paid` holds (payment index, cents, day), oldest first."""

    ref: str
    owner: int
    kind: str
    issued_on: date
    due_on: date
    gross: int
    parts: tuple[tuple[date, int], ...]
    disputed: bool = False
    paid: list[tuple[int, int, date]] = field(default_factory=list)

    @property
    def open(self) -> int:
        return self.gross - sum(amount for _payment, amount, _day in self.paid)


@dataclass(slots=True)
class Receipt:
    """Money received from a client; what it does not settle stays unapplied."""

    owner: int
    received_on: date
    means: str
    allocated: int = 0
    extra: int = 0
    refs: list[str] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return self.allocated + self.extra


@dataclass(slots=True)
class Books:
    """Everything on the accounts of the clients at `owners`, documents in the order they were issued."""

    documents: list[Document]
    receipts: list[Receipt]
    owners: range = range(0)


def make_books(
    rng: random.Random,
    companies: Sequence[Company],
    count: int,
    day: date,
    numbers: dict[int, int] | None = None,
) -> Books:
    """`count` documents over the last 24 months, and the payments received until yesterday.

    `numbers` gives the last number already used in each year.
    """
    return next(stream_books(rng, companies, count, day, numbers, max(count, 1)))


def stream_books(
    rng: random.Random,
    companies: Sequence[Company],
    count: int,
    day: date,
    numbers: dict[int, int] | None = None,
    size: int = SLICE,
) -> Iterator[Books]:
    """The same books in slices of about `size` documents, each of the next clients in a row.

    Numbers follow the dates of the whole company, so every slice is drawn twice: once to count
    the documents of each day, once to be used.
    """
    slices = _orders(rng, companies, count, day, size)
    states, issued = [], Counter[date]()
    for _owners, orders in slices:
        states.append(rng.getstate())
        issued.update(document.issued_on for document in _issue(rng, companies, orders, day))
    last = _numbers_before(issued, numbers or {})
    for state, (owners, orders) in zip(states, slices, strict=True):
        rng.setstate(state)
        books = Books(_issue(rng, companies, orders, day), [], owners)
        orders.clear()
        _number(books.documents, last)
        _settle(rng, books, companies, day)
        yield books


def _settle(rng: random.Random, books: Books, companies: Sequence[Company], day: date) -> None:
    """What came in for these documents until yesterday."""
    receipts: dict[tuple[int, date], int] = {}
    for document in books.documents:
        if document.kind == "credit_note":
            continue
        company = companies[document.owner]
        plan = plan_payments(rng, company, document.issued_on, document.parts, day)
        document.disputed = plan.disputed
        _receive(rng, books, document, plan, receipts)
    _unapplied(rng, books, day)
    leave_unmatched(books, day)


def _orders(
    rng: random.Random, companies: Sequence[Company], count: int, day: date, size: int
) -> list[tuple[range, Orders]]:
    """Who gets a document on which day, clients in as many equal slices as hold `size` each."""
    first = day - timedelta(days=365 * MONTHS_BACK // 12)
    days = [
        each
        for each in (first + timedelta(days=n) for n in range((day - first).days))
        if is_working_day(each)
    ]
    if not days or not companies:
        return [(range(0), [])]
    ages = [1 + 0.15 * place / len(days) for place in range(len(days))]
    chances = [SEASON[each.month - 1] * age for each, age in zip(days, ages, strict=True)]
    trading = [rng.lognormvariate(0, 0.8) for _ in companies]
    for owner, company in enumerate(companies):
        if company.insolvency:
            trading[owner] = max(trading[owner], 1.5)
    owners = rng.choices(range(len(companies)), trading, k=count)
    issued = rng.choices(days, chances, k=count)
    wide = -(-len(companies) // max(-(-count // size), 1))
    starts = range(0, len(companies), wide)
    slices: list[tuple[range, Orders]] = [
        (range(start, min(start + wide, len(companies))), []) for start in starts
    ]
    for owner, on in zip(owners, issued, strict=True):
        slices[owner // wide][1].append((owner, on))
    return slices


def _issue(rng: random.Random, companies: Sequence[Company], orders: Orders, day: date) -> list[Document]:
    made = [_document(rng, owner, companies[owner], on, day) for owner, on in orders]
    made.sort(key=lambda document: (document.issued_on, document.owner, document.gross))
    return made


def _document(rng: random.Random, owner: int, company: Company, on: date, day: date) -> Document:
    """One document; who stopped paying is hardly delivered any more, so those slip back in time."""
    if company.stopped is not None:
        closed = day - timedelta(days=max(company.stopped - 35, 20))
        while on > closed and rng.random() < 0.93:
            on -= timedelta(days=rng.randint(40, 400))
        on = max(on, day - timedelta(days=728))
        while not is_working_day(on):
            on += timedelta(days=1)
    gross = min(max(int(rng.lognormvariate(0, 0.85) * company.size), SMALLEST), LARGEST)
    recent = (day - on).days < 75
    if recent and rng.random() < (0.05 if company.behaviour == "disputing" else 0.012):
        credit = max(gross // rng.choice((4, 6, 10)), 2_400)
        return Document("", owner, "credit_note", on, on, credit, ((on, credit),))
    due = due_date(on, company.payment_days, company.end_of_month)
    parts: tuple[tuple[date, int], ...] = ((due, gross),)
    if gross > 400_000 and rng.random() < 0.09:
        parts = _instalments(on, gross, rng.choice((2, 3)))
    return Document("", owner, "invoice", on, parts[-1][0], gross, parts)


def _instalments(on: date, gross: int, count: int) -> tuple[tuple[date, int], ...]:
    share = gross // count // 100 * 100
    amounts = [share] * (count - 1) + [gross - share * (count - 1)]
    return tuple((on + timedelta(days=60 * n // count), amount) for n, amount in enumerate(amounts, 1))


def _numbers_before(issued: Counter[date], known: dict[int, int]) -> dict[date, int]:
    """The last number before each day; the first year had begun before our 24 months."""
    if not issued:
        return {}
    first = min(issued)
    last = {first.year: issued.total() * (first.timetuple().tm_yday - 1) // 730} | known
    before: dict[date, int] = {}
    for on in sorted(issued):
        before[on] = last.get(on.year, 0)
        last[on.year] = before[on] + issued[on]
    return before


def _number(documents: Sequence[Document], last: dict[date, int]) -> None:
    """Numbers follow the dates, year by year, and the clients within a day."""
    for document in documents:
        on = document.issued_on
        last[on] += 1
        letter = "A" if document.kind == "credit_note" else "F"
        document.ref = f"{letter}-{on.year}-{last[on]:04d}"


def _receive(
    rng: random.Random,
    books: Books,
    document: Document,
    plan: Plan,
    receipts: dict[tuple[int, date], int],
) -> None:
    """Payments of one client on one day are one transfer that settles several invoices."""
    for received_on, amount in plan.payments:
        key = (document.owner, received_on)
        if key not in receipts:
            receipts[key] = len(books.receipts)
            means = rng.choices(("VIR", "CHQ", "LCR"), (7, 2, 1))[0]
            books.receipts.append(Receipt(document.owner, received_on, means))
        index = receipts[key]
        receipt = books.receipts[index]
        receipt.allocated += amount
        receipt.refs.append(document.ref)
        document.paid.append((index, amount, received_on))


def _unapplied(rng: random.Random, books: Books, day: date) -> None:
    """A few recent transfers bring more than they settle: rounded up, paid twice, a deposit."""
    recent = [receipt for receipt in books.receipts if (day - receipt.received_on).days < 90]
    for receipt in rng.sample(recent, len(recent) // 40):
        receipt.extra = rng.choice((10_000 - receipt.allocated % 10_000, 50_000, 120_000))
