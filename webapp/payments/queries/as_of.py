"""The books as they stood on a day: accounting dates decide, not when something was entered.

A document counts from its day of issue, money from the day it came in until the day the bank took
it back, an allocation from when both its sides exist until it is reversed. What was voided never
counted; a loss that was taken back did until then.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, or_, select, union, union_all
from sqlalchemy.orm import aliased

from webapp.core.money import convert
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Instalment, Invoice
from webapp.payments.models import Allocation, Payment

_Credit = aliased(Invoice)
# Whose: a list of ids, a query that gives them, or None for all.
Clients = Sequence[uuid.UUID] | Select[Any] | None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A part of a document that was open. `sign` is -1 for credit; `value` in the company's currency."""

    client_id: uuid.UUID
    invoice_id: uuid.UUID
    issued_on: date
    due_on: date
    sign: int
    open: int
    value: int


def items_as_of(day: date, client_ids: Clients = None) -> Iterator[OpenItem]:
    """Open parts of documents at the end of `day`, of these clients (all without a list), unscoped.

    What was settled by then covers the earliest due parts first, as it does today.
    """
    taken = settled_as_of(day, client_ids)
    query = (
        select(
            Invoice.client_id,
            Invoice.id,
            Invoice.issued_on,
            Invoice.kind,
            Invoice.rate,
            Instalment.due_on,
            Instalment.amount,
            func.coalesce(taken.c.total, 0),
        )
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .outerjoin(taken, taken.c.id == Invoice.id)
        .where(
            Invoice.issued_on <= day,
            Invoice.voided_at.is_(None),
            Invoice.gross > func.coalesce(taken.c.total, 0),
        )
        .order_by(Invoice.id, Instalment.number)
    )
    if client_ids is not None:
        query = query.where(Invoice.client_id.in_(client_ids))
    rows = db.session.execute(query.execution_options(yield_per=10_000)).tuples()
    for _invoice_id, parts in groupby(rows, key=lambda row: row[1]):
        yield from _open_parts(list(parts))


def unapplied_as_of(day: date, client_ids: Clients = None) -> dict[uuid.UUID, int]:
    """Cash that settled nothing yet at the end of `day`, by client, in cents of the company's currency."""
    sums: dict[uuid.UUID, int] = {}
    for payment, left in cash_as_of(day, client_ids):
        sums[payment.client_id] = sums.get(payment.client_id, 0) + convert(left, payment.rate)
    return sums


def cash_as_of(day: date, client_ids: Clients = None) -> Iterator[tuple[Any, int]]:
    """Payments with something left at the end of `day`: (id, client_id, source_ref, received_on, currency,
    rate), and what was left in their own currency. Unscoped."""
    used = (
        select(Allocation.payment_id.label("id"), func.sum(Allocation.amount).label("total"))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Allocation.payment_id.is_not(None), *_counts(day))
        .group_by(Allocation.payment_id)
        .subquery()
    )
    left = (Payment.amount - func.coalesce(used.c.total, 0)).label("left")
    facts = (Payment.id, Payment.client_id, Payment.source_ref, Payment.received_on)
    query = (
        select(*facts, Payment.currency, Payment.rate, left)
        .outerjoin(used, used.c.id == Payment.id)
        .where(
            Payment.received_on <= day,
            Payment.voided_at.is_(None),
            or_(Payment.returned_on.is_(None), Payment.returned_on > day),
            left > 0,
        )
    )
    if client_ids is not None:
        query = query.where(Payment.client_id.in_(client_ids))
    for row in db.session.execute(query):
        yield row, int(row.left)


def _counts(day: date) -> tuple[ColumnElement[bool], ...]:
    """An allocation stood on `day`, on an invoice (joined by the caller) that stood too."""
    reversed_later = or_(Allocation.reversed_on.is_(None), Allocation.reversed_on > day)
    return (
        Allocation.effective_on <= day,
        reversed_later,
        Invoice.issued_on <= day,
        Invoice.voided_at.is_(None),
    )


def settled_as_of(day: date, client_ids: Clients = None, among: Select[Any] | None = None) -> CTE:
    """What was put on each document, or taken from each credit, by the end of `day`: (id, total).

    `among` gives the ids of the documents asked about; without it, all of these clients.
    """
    on_invoices = (
        select(Allocation.invoice_id.label("id"), Allocation.amount)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(_Credit, _Credit.id == Allocation.credit_id)
        .where(*_counts(day), _source_stands(day))
    )
    of_credits = (
        select(Allocation.credit_id.label("id"), Allocation.amount)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .join(_Credit, _Credit.id == Allocation.credit_id)
        .where(*_counts(day), _Credit.issued_on <= day)
    )
    if among is not None:
        on_invoices = on_invoices.where(Allocation.invoice_id.in_(among))
        of_credits = of_credits.where(Allocation.credit_id.in_(among))
    queries: list[Any] = [on_invoices, of_credits]
    if client_ids is not None:
        queries = [query.where(Invoice.client_id.in_(client_ids)) for query in queries]
    every = union_all(*queries).subquery()
    return select(every.c.id, func.sum(every.c.amount).label("total")).group_by(every.c.id).cte()


def changed_since(day: date) -> Select[Any]:
    """Ids of documents that may stand otherwise now than at the end of `day`: issued, settled or opened
    again after it. Those of all clients; what settles a document takes part in it from when both exist.
    """
    invoice, credit = Allocation.invoice_id.label("id"), Allocation.credit_id.label("id")
    later = or_(Allocation.effective_on > day, Allocation.reversed_on > day)
    of_credit, issued = Allocation.credit_id.is_not(None), Invoice.issued_on > day
    # Joined one by one: in one condition, PostgreSQL would look each of them up for every row.
    each = (
        select(Invoice.id).where(issued),
        select(invoice).where(later),
        select(credit).where(later, of_credit),
        select(invoice).join(Payment, Payment.id == Allocation.payment_id).where(Payment.received_on > day),
        select(invoice).join(Invoice, Invoice.id == Allocation.credit_id).where(issued),
        select(credit).join(Invoice, Invoice.id == Allocation.invoice_id).where(issued, of_credit),
    )
    every = union(*each).cte("changed")  # worked out once, however often a statement asks
    return select(every.c.id)


def _source_stands(day: date) -> ColumnElement[bool]:
    payment = and_(
        Allocation.payment_id.is_not(None),
        Payment.voided_at.is_(None),
        Payment.received_on <= day,
        or_(Payment.returned_on.is_(None), Payment.returned_on > day),
    )
    credit = and_(
        Allocation.credit_id.is_not(None),
        or_(_Credit.voided_at.is_(None), _Credit.kind == "write_off"),
        _Credit.issued_on <= day,
    )
    return or_(payment, credit)


def _open_parts(rows: list[tuple[Any, ...]]) -> Iterator[OpenItem]:
    client_id, invoice_id, issued_on, kind, rate, *_rest, settled = rows[0]
    parts = [(row[5], row[6]) for row in rows]
    shares = rules.spread(parts, int(settled))
    for (due_on, amount), share in zip(parts, shares, strict=True):
        if amount > share:
            left = amount - share
            yield OpenItem(
                client_id, invoice_id, issued_on, due_on, rules.SIGN[kind], left, convert(left, rate)
            )
