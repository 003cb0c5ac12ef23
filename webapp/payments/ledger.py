"""`ledger verify`: every stored balance recomputed from the entries it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Subquery, case, cast, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from webapp.clients.models import Client
from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices.balances import counted_parts
from webapp.invoices.models import Balance, DeliveryNote, Instalment, Invoice, Order
from webapp.invoices.queries import count_orders, named_of
from webapp.invoices.rules import SIGN
from webapp.payments.models import Allocation, Payment

CHUNK = 500


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
    yield from _exposures()
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
    ids = db.session.scalars(select(Order.id).order_by(Order.id)).all()
    for start in range(0, len(ids), CHUNK):
        orders = db.session.scalars(select(Order).where(Order.id.in_(ids[start : start + CHUNK]))).all()
        counted = count_orders(orders)
        for order in orders:
            now = counted[order.id]
            if order.billed != now.billed and order.voided_at is None:
                yield f"order {order.ref}: billed is {order.billed}, invoices give {now.billed}"
            if order.open_value != convert(now.to_deliver, order.rate):
                yield f"order {order.ref}: open is {order.open_value}, entries give {now.to_deliver}"
            for note, left in now.notes:
                if note.open_value != convert(left, note.rate):
                    yield f"delivery note {note.ref}: open is {note.open_value}, entries give {left}"
    yield from _alone()


def _alone() -> Iterator[str]:
    """Delivery notes without an order: billed as a whole, or not."""
    notes = db.session.scalars(select(DeliveryNote).where(DeliveryNote.order_id.is_(None))).all()
    for start in range(0, len(notes), CHUNK):
        chunk = notes[start : start + CHUNK]
        named = named_of(chunk)
        for note in chunk:
            left = 0 if note.id in named or note.closed_on else convert(note.amount, note.rate)
            if note.open_value != left:
                yield f"delivery note {note.ref}: open is {note.open_value}, entries give {left}"


def _exposures() -> Iterator[str]:
    """What is ordered and delivered of each client, and its exposure from the parts that count."""
    kinds: tuple[tuple[str, Any, Any], ...] = (
        ("open orders are", Balance.open_orders, Order),
        ("unbilled deliveries are", Balance.unbilled_amount, DeliveryNote),
    )
    for words, stored, kind in kinds:
        columns: tuple[Any, ...] = (kind.client_id, func.sum(kind.open_value).label("total"))
        still = select(*columns).group_by(kind.client_id).subquery()
        total = func.coalesce(still.c.total, 0)
        for ref, was, computed in db.session.execute(
            select(Client.ref, stored, total)
            .join(Balance, Balance.client_id == Client.id)
            .outerjoin(still, still.c.client_id == Client.id)
            .where(stored != total)
        ):
            yield f"client {ref}: {words} {was}, entries give {computed}"
    row: Any = Balance
    counted: Any = counted_parts().exposure(row.outstanding, row.unbilled_amount, row.open_orders)
    for ref, was, computed in db.session.execute(
        select(Client.ref, Balance.exposure, counted)
        .join(Balance, Balance.client_id == Client.id)
        .where(Balance.exposure != counted)
    ):
        yield f"client {ref}: exposure is {was}, its parts give {computed}"


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
