"""Proposals for the payments shown: what the rules need is read set-based, for those clients only."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Subquery, func, or_, select

from webapp.core.clock import today
from webapp.core.money import UNIT_RATE
from webapp.extensions import db
from webapp.invoices import rules as invoice_rules
from webapp.invoices.models import Instalment, Invoice
from webapp.payments.models import Allocation, Payment, RefusedProposal, WriteOff
from webapp.payments.queries.write_offs import limits
from webapp.payments.rules.candidates import MOST_ITEMS, MOST_SIBLINGS, Case
from webapp.payments.rules.evidence import Item, Proposal, Receipt, Returned
from webapp.payments.rules.habits import Habits, Settled, Withheld, learn
from webapp.payments.rules.proposals import propose

HISTORY = timedelta(days=730)  # how far back habits are learnt
PAST_PAYMENTS = 40  # of each client, the latest
RETURNED_WITHIN = timedelta(days=180)

Place = tuple[uuid.UUID, str]  # a client's account in one currency


@dataclass
class _Books:
    """What was read of the clients concerned."""

    items: dict[Place, list[Item]] = field(default_factory=lambda: defaultdict(list))
    credits: dict[Place, list[Item]] = field(default_factory=lambda: defaultdict(list))
    siblings: dict[Place, list[Receipt]] = field(default_factory=lambda: defaultdict(list))
    returned: dict[Place, list[Returned]] = field(default_factory=lambda: defaultdict(list))
    habits: dict[uuid.UUID, Habits] = field(default_factory=dict)
    refused: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))


def proposals_for(payments: Sequence[Payment]) -> dict[uuid.UUID, list[Proposal]]:
    """What each of these payments (known to be in scope) may settle, best first, in seven reads.

    Payments that are used up, voided or returned have none.
    """
    waiting = [each for each in payments if _waits(each)]
    if not waiting:
        return {}
    books = _read({each.client_id for each in waiting}, [each.id for each in waiting])
    tolerance, cap = limits()
    found: dict[uuid.UUID, list[Proposal]] = {}
    for payment in waiting:
        place = (payment.client_id, payment.currency)
        case = Case(
            items=tuple(books.items[place]),
            credits=tuple(books.credits[place]),
            habits=books.habits.get(payment.client_id, Habits()),
            tolerance=_in_currency(tolerance, payment.rate),
            cap=_in_currency(cap, payment.rate),
            siblings=tuple(each for each in books.siblings[place] if each.id != payment.id),
            returned=tuple(books.returned[place]),
        )
        found[payment.id] = propose(_receipt(payment), case, books.refused[payment.id])
    return found


def _waits(payment: Payment) -> bool:
    return payment.unapplied > 0 and payment.voided_at is None and payment.returned_on is None


def _receipt(payment: Payment) -> Receipt:
    return Receipt(payment.id, payment.unapplied, payment.received_on, payment.text or "")


def _in_currency(value: int, rate: int) -> int:
    """Cents of the company's currency in the minor units of another, rounded down."""
    return value * UNIT_RATE // rate


def _read(clients: Collection[uuid.UUID], payment_ids: Sequence[uuid.UUID]) -> _Books:
    books = _Books()
    _read_open(books, clients)
    _read_other_payments(books, clients)
    past, withheld = _past(clients), _withheld(clients)
    for client_id in clients:
        books.habits[client_id] = learn(past[client_id], withheld[client_id])
    rows = select(RefusedProposal.payment_id, RefusedProposal.key)
    for payment_id, key in db.session.execute(rows.where(RefusedProposal.payment_id.in_(payment_ids))):
        books.refused[payment_id].add(key)
    return books


def _read_open(books: _Books, clients: Collection[uuid.UUID]) -> None:
    """Open documents with their open parts, the oldest of each client."""
    rank = func.row_number().over(partition_by=Invoice.client_id, order_by=(Invoice.due_on, Invoice.id))
    oldest: Subquery = (
        select(Invoice.id, rank.label("rank"))
        .where(Invoice.client_id.in_(clients), Invoice.open > 0, Invoice.voided_at.is_(None))
        .subquery()
    )
    columns = (
        Invoice.id,
        Invoice.ref,
        Invoice.kind,
        Invoice.client_id,
        Invoice.currency,
        Invoice.open,
        Invoice.issued_on,
        Invoice.due_on,
        Instalment.open,
    )
    rows = db.session.execute(
        select(*columns)
        .join(oldest, oldest.c.id == Invoice.id)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(oldest.c.rank <= MOST_ITEMS, Instalment.open > 0)
        .order_by(Invoice.id, Instalment.due_on, Instalment.number)
    ).tuples()
    for _id, parts in groupby(rows, key=lambda row: row[0]):
        several = list(parts)
        invoice_id, ref, kind, client_id, currency, open_, issued_on, due_on, _part = several[0]
        sign = invoice_rules.SIGN[kind]
        item = Item(invoice_id, ref, open_, issued_on, due_on, sign, tuple(row[-1] for row in several))
        kept = books.items if sign > 0 else books.credits
        if kind != "write_off":
            kept[client_id, currency].append(item)


def _read_other_payments(books: _Books, clients: Collection[uuid.UUID]) -> None:
    """Payments of these clients that settle nothing yet, and those the bank took back lately."""
    lately = today() - RETURNED_WITHIN
    rows = db.session.execute(
        select(Payment, Allocation.invoice_id)
        .outerjoin(
            Allocation,
            (Allocation.payment_id == Payment.id) & Payment.returned_on.is_not(None),
        )
        .where(
            Payment.client_id.in_(clients),
            Payment.voided_at.is_(None),
            or_(Payment.unapplied > 0, Payment.returned_on >= lately),
        )
        .order_by(Payment.received_on, Payment.id)
    ).tuples()
    for payment, group in groupby(rows, key=lambda row: row[0]):
        place = (payment.client_id, payment.currency)
        settled = frozenset(invoice_id for _payment, invoice_id in group if invoice_id is not None)
        if payment.returned_on is not None:
            books.returned[place].append(Returned(payment.amount, payment.returned_on, settled))
        elif len(books.siblings[place]) <= MOST_SIBLINGS:
            books.siblings[place].append(_receipt(payment))


def _past(clients: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Settled]]:
    """What the latest payments of these clients settled."""
    rank = func.row_number().over(
        partition_by=Payment.client_id, order_by=(Payment.received_on.desc(), Payment.id.desc())
    )
    latest: Subquery = (
        select(Payment.id, Payment.client_id, Payment.received_on, rank.label("rank"))
        .where(
            Payment.client_id.in_(clients),
            Payment.received_on >= today() - HISTORY,
            Payment.voided_at.is_(None),
            Payment.returned_on.is_(None),
            Payment.unapplied < Payment.amount,
        )
        .subquery()
    )
    rows = db.session.execute(
        select(latest.c.client_id, latest.c.id, latest.c.received_on, Invoice.issued_on)
        .join(Allocation, Allocation.payment_id == latest.c.id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(latest.c.rank <= PAST_PAYMENTS, Allocation.reversed_at.is_(None))
    )
    issued: dict[tuple[uuid.UUID, uuid.UUID, date], list[date]] = defaultdict(list)
    for client_id, payment_id, received_on, issued_on in rows:
        issued[client_id, payment_id, received_on].append(issued_on)
    past: dict[uuid.UUID, list[Settled]] = defaultdict(list)
    for (client_id, _payment_id, received_on), days in issued.items():
        past[client_id].append(Settled(received_on, tuple(days)))
    return past


def _withheld(clients: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Withheld]]:
    """Discounts and fees given up on documents of these clients."""
    rows: Any = db.session.execute(
        select(WriteOff.client_id, WriteOff.reason, WriteOff.amount, Invoice.gross)
        .join(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(
            WriteOff.client_id.in_(clients),
            WriteOff.state == "approved",
            WriteOff.reason.in_(("discount", "bank_fees")),
            Invoice.issued_on >= today() - HISTORY,
        )
    )
    found: dict[uuid.UUID, list[Withheld]] = defaultdict(list)
    for client_id, reason, amount, gross in rows:
        found[client_id].append(Withheld(reason, amount, gross))
    return found
