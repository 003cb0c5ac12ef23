"""`ledger verify`: every stored balance recomputed from the entries it stands for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import BigInteger, Subquery, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.clients.models import Client
from webapp.extensions import db
from webapp.invoices.models import Balance, Instalment, Invoice
from webapp.invoices.rules import SIGN
from webapp.payments.models import Allocation, Payment


def verify() -> Iterator[str]:
    """Differences between stored figures and the entries, as sentences; none when all is well.

    Invoice open = gross - allocations not reversed; instalments add up to their invoice; a
    client's outstanding = sum(sign x open) - unapplied cash; overdue and the dates beside it are
    those of the day the balance was last computed.
    """
    yield from _invoices()
    yield from _instalments()
    yield from _payments()
    yield from _balances()
    yield from _overdue()


def _allocated(column: InstrumentedAttribute[uuid.UUID]) -> Subquery:
    return (
        select(column.label("id"), func.sum(Allocation.amount).label("total"))
        .where(Allocation.reversed_at.is_(None))
        .group_by(column)
        .subquery()
    )


def _invoices() -> Iterator[str]:
    taken = _allocated(Allocation.invoice_id)
    expected = Invoice.gross - func.coalesce(taken.c.total, 0)
    rows = db.session.execute(
        select(Invoice.ref, Invoice.open, expected)
        .outerjoin(taken, taken.c.id == Invoice.id)
        .where(Invoice.open != expected)
    )
    for ref, stored, computed in rows:
        yield f"invoice {ref}: open is {stored}, entries give {computed}"


def _instalments() -> Iterator[str]:
    sums = (
        select(
            Instalment.invoice_id,
            func.sum(Instalment.amount).label("amount"),
            func.sum(Instalment.open).label("open"),
        )
        .group_by(Instalment.invoice_id)
        .subquery()
    )
    wrong = (sums.c.amount != Invoice.gross) | (sums.c.open != Invoice.open) | sums.c.amount.is_(None)
    rows = db.session.scalars(
        select(Invoice.ref).outerjoin(sums, sums.c.invoice_id == Invoice.id).where(wrong)
    )
    for ref in rows:
        yield f"invoice {ref}: its instalments do not add up"


def _payments() -> Iterator[str]:
    taken = _allocated(Allocation.payment_id)
    expected = Payment.amount - func.coalesce(taken.c.total, 0)
    rows = db.session.execute(
        select(Payment.source_ref, Payment.unapplied, expected)
        .outerjoin(taken, taken.c.id == Payment.id)
        .where(Payment.voided_at.is_(None), Payment.unapplied != expected)
    )
    for ref, stored, computed in rows:
        yield f"payment {ref}: unapplied is {stored}, entries give {computed}"


def _balances() -> Iterator[str]:
    sign = case(SIGN, value=Invoice.kind)
    owed = (
        select(Invoice.client_id, func.sum(sign * Invoice.open).label("total"))
        .where(Invoice.voided_at.is_(None))
        .group_by(Invoice.client_id)
        .subquery()
    )
    credit = (
        select(Payment.client_id, func.sum(Payment.unapplied).label("total"))
        .where(Payment.voided_at.is_(None))
        .group_by(Payment.client_id)
        .subquery()
    )
    expected = cast(func.coalesce(owed.c.total, 0) - func.coalesce(credit.c.total, 0), BigInteger)
    stored = func.coalesce(Balance.outstanding, 0)
    unapplied = func.coalesce(Balance.unapplied, 0)
    kept = func.coalesce(credit.c.total, 0)
    rows = db.session.execute(
        select(Client.ref, stored, expected, unapplied, kept)
        .outerjoin(Balance, Balance.client_id == Client.id)
        .outerjoin(owed, owed.c.client_id == Client.id)
        .outerjoin(credit, credit.c.client_id == Client.id)
        .where((stored != expected) | (unapplied != kept))
    )
    for ref, was, computed, cash, entries in rows:
        if was != computed:
            yield f"client {ref}: outstanding is {was}, entries give {computed}"
        if cash != entries:
            yield f"client {ref}: unapplied is {cash}, entries give {entries}"


def _overdue() -> Iterator[str]:
    late = (
        select(
            Balance.client_id,
            func.sum(Instalment.open).label("total"),
            func.min(Instalment.due_on).label("since"),
        )
        .join(Instalment, Instalment.client_id == Balance.client_id)
        .where(Instalment.open > 0, Instalment.sign > 0, Instalment.due_on < Balance.as_of)
        .group_by(Balance.client_id)
        .subquery()
    )
    expected = func.coalesce(late.c.total, 0)
    same_day = (Balance.overdue_since == late.c.since) | (
        Balance.overdue_since.is_(None) & late.c.since.is_(None)
    )
    rows = db.session.execute(
        select(Client.ref, Balance.overdue, expected)
        .join(Balance, Balance.client_id == Client.id)
        .outerjoin(late, late.c.client_id == Client.id)
        .where((Balance.overdue != expected) | ~func.coalesce(same_day, False))
    )
    for ref, was, computed in rows:
        yield f"client {ref}: overdue is {was}, entries give {computed}"
