"""`ledger verify`: every stored balance recomputed from the entries it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Subquery, case, cast, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from webapp.clients.models import Client
from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices.models import Balance, Instalment, Invoice, Order
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
    yield from _orders()
    yield from _foreign()


def _allocated(*columns: InstrumentedAttribute[Any]) -> Subquery:
    """What live allocations add up to on each thing that one of the columns names."""
    each = union_all(
        *(
            select(column.label("id"), Allocation.amount).where(
                Allocation.reversed_at.is_(None), column.is_not(None)
            )
            for column in columns
        )
    ).subquery()
    return select(each.c.id, func.sum(each.c.amount).label("total")).group_by(each.c.id).subquery()


def _invoices() -> Iterator[str]:
    taken = _allocated(Allocation.invoice_id, Allocation.credit_id)
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
            func.sum(Instalment.open_value).label("value"),
        )
        .group_by(Instalment.invoice_id)
        .subquery()
    )
    wrong = (
        (sums.c.amount != Invoice.gross)
        | (sums.c.open != Invoice.open)
        | (sums.c.value != Invoice.open_value)
        | sums.c.amount.is_(None)
    )
    rows = db.session.scalars(
        select(Invoice.ref).outerjoin(sums, sums.c.invoice_id == Invoice.id).where(wrong)
    )
    for ref in rows:
        yield f"invoice {ref}: its instalments do not add up"


def _payments() -> Iterator[str]:
    taken = _allocated(Allocation.payment_id)
    left = Payment.amount - func.coalesce(taken.c.total, 0)
    expected = case((Payment.returned_on.is_not(None), 0), else_=left)
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
        select(Invoice.client_id, func.sum(sign * Invoice.open_value).label("total"))
        .where(Invoice.voided_at.is_(None))
        .group_by(Invoice.client_id)
        .subquery()
    )
    credit = (
        select(Payment.client_id, func.sum(Payment.unapplied_value).label("total"))
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
            func.sum(Instalment.open_value).label("total"),
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


def _orders() -> Iterator[str]:
    sign = case(SIGN, value=Invoice.kind)
    billed = (
        select(Invoice.order_id.label("id"), func.sum(sign * Invoice.gross).label("total"))
        .where(Invoice.order_id.is_not(None), Invoice.voided_at.is_(None))
        .group_by(Invoice.order_id)
        .subquery()
    )
    total = func.coalesce(billed.c.total, 0)
    expected = case((total > 0, total), else_=0)
    rows = db.session.execute(
        select(Order.ref, Order.billed, expected)
        .outerjoin(billed, billed.c.id == Order.id)
        .where(Order.voided_at.is_(None), Order.billed != expected)
    )
    for ref, stored, computed in rows:
        yield f"order {ref}: billed is {stored}, invoices give {computed}"
    still = (
        select(Order.client_id, func.sum(Order.open_value).label("total"))
        .where(Order.voided_at.is_(None))
        .group_by(Order.client_id)
        .subquery()
    )
    ordered = func.coalesce(still.c.total, 0)
    for ref, stored, computed in db.session.execute(
        select(Client.ref, Balance.open_orders, ordered)
        .join(Balance, Balance.client_id == Client.id)
        .outerjoin(still, still.c.client_id == Client.id)
        .where(Balance.open_orders != ordered)
    ):
        yield f"client {ref}: open orders are {stored}, entries give {computed}"


def _foreign() -> Iterator[str]:
    """Values of entries in another currency, at the rate of their date; of ours they are the amounts."""
    own = select(Invoice.ref).where(
        Invoice.rate == UNIT_RATE,
        or_(Invoice.gross_value != Invoice.gross, Invoice.open_value != Invoice.open),
    )
    for ref in db.session.scalars(own):
        yield f"invoice {ref}: its value is not its amount"
    parts = (
        select(Invoice.ref, Invoice.rate, Instalment.open, Instalment.open_value)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(Invoice.rate != UNIT_RATE)
    )
    for ref, rate, open_, value in db.session.execute(parts):
        if convert(open_, rate) != value:
            yield f"invoice {ref}: {open_} is worth {convert(open_, rate)}, stored is {value}"
    payments = select(
        Payment.source_ref,
        Payment.rate,
        Payment.amount,
        Payment.amount_value,
        Payment.unapplied,
        Payment.unapplied_value,
    ).where(
        or_(
            Payment.rate != UNIT_RATE,
            Payment.amount_value != Payment.amount,
            Payment.unapplied_value != Payment.unapplied,
        )
    )
    for ref, rate, amount, value, left, left_value in db.session.execute(payments):
        if convert(amount, rate) != value or convert(left, rate) != left_value:
            yield f"payment {ref}: its value is not its amount at its rate"
