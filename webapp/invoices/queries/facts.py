"""What stands beside an invoice's conversation, read with the invoice itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, null, select, type_coerce
from sqlalchemy.orm import aliased

from webapp.core.clock import today
from webapp.core.nested import Rows, RowsOf
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Balance, Instalment, Invoice, Order
from webapp.invoices.queries.orders import steps_of
from webapp.invoices.rules.late_interest import LateCharges, late_charges
from webapp.users.actor import Actor

MOST_BILLED = 100
_ordered, _quoted = aliased(Order, name="ordered"), aliased(Order, name="quoted")


@dataclass(frozen=True)
class Settled:
    """What was received on an invoice (`payment`) or taken off it (`credit_note`, `write_off`)."""

    kind: str
    payment_id: uuid.UUID | None
    credit_id: uuid.UUID | None
    ref: str
    text: str | None
    amount: int
    effective_on: date


@dataclass(frozen=True)
class InvoiceFacts:
    """What stands beside an invoice's conversation."""

    status: str
    days_late: int | None  # past due when open; when paid, of the last cent (early is negative)
    due_on: date  # of the oldest part still open
    instalments: tuple[Instalment, ...]
    allocations: tuple[Settled, ...]
    charges: LateCharges | None
    balance: Balance | None
    steps: tuple[rules.Step, ...] = ()  # from the quote to the money, when it was ordered


SettlementSource = Callable[[Actor, uuid.UUID], Any]
_settlements: list[SettlementSource] = []


def use_settlements(source: SettlementSource) -> SettlementSource:
    """`payments` gives what was received on an invoice, which this feature does not know: a scalar subquery
    of `RowsOf` the fields of Settled and what orders those of one day, or None without the right."""
    _settlements[:] = [source]
    return source


def with_facts(query: Select[Any], actor: Actor, invoice_id: uuid.UUID) -> Select[Any]:
    """`query`, which finds this invoice, with what `facts_in` reads of its row."""
    settled = _settlements[0](actor, invoice_id) if _settlements else None
    return (
        query.add_columns(
            Balance,
            _ordered,
            _quoted,
            _billed(invoice_id).label("billed"),
            (type_coerce(null(), Rows()) if settled is None else settled).label("settled"),
        )
        .outerjoin(Balance, Balance.client_id == Invoice.client_id)
        .outerjoin(_ordered, _ordered.id == Invoice.order_id)
        .outerjoin(_quoted, (_quoted.id == _ordered.quote_id) & _quoted.voided_at.is_(None))
    )


def _billed(invoice_id: uuid.UUID) -> Any:
    """What its order was billed with. Nothing here refers to the row around it: it is read once."""
    this, other = aliased(Invoice), aliased(Invoice)
    order_id = select(this.order_id).where(this.id == invoice_id).scalar_subquery()
    documents = (
        select(other.kind, other.gross, other.open, other.issued_on, other.paid_on)
        .where(other.order_id == order_id, other.voided_at.is_(None))
        .order_by(other.issued_on, other.id)
        .limit(MOST_BILLED)
        .subquery()
    )
    return select(RowsOf(*documents.c)).scalar_subquery()


def invoice_facts(actor: Actor, invoice: Invoice) -> InvoiceFacts:
    """Everything the side pane shows about an invoice already known to be in scope, in one query."""
    query = select(Invoice.id).where(Invoice.id == invoice.id)
    return facts_in(invoice, db.session.execute(with_facts(query, actor, invoice.id)).one())


def facts_in(invoice: Invoice, row: Any) -> InvoiceFacts:
    """The facts of an invoice and its row of a statement made `with_facts`."""
    rows = sorted(row.settled, key=lambda each: each[-2:])
    settled, day, charges = [_settled(*each[:-1]) for each in rows], today(), None
    if rules.SIGN[invoice.kind] > 0 and invoice.voided_at is None:
        charges = late_charges(
            [(part.due_on, part.amount) for part in invoice.instalments],
            _received(invoice, settled),
            day,
            insolvent=invoice.client.insolvency is not None,
        )
    return InvoiceFacts(
        status=invoice.status(day),
        days_late=invoice.days_late(day),
        due_on=invoice.oldest_due_on,
        instalments=tuple(invoice.instalments),
        allocations=tuple(settled),
        charges=charges,
        balance=row.Balance,
        steps=_steps(row),
    )


def _settled(
    kind: str, payment: str | None, credit: str | None, ref: str, text: str | None, amount: int, on: str
) -> Settled:
    payment_id, credit_id = (uuid.UUID(found) if found else None for found in (payment, credit))
    return Settled(kind, payment_id, credit_id, ref, text, amount, date.fromisoformat(on))


def _steps(row: Any) -> tuple[rules.Step, ...]:
    """From the quote to the money, when it was ordered."""
    order = row.ordered if row.ordered is not None and row.ordered.voided_at is None else None
    billed = [
        rules.Billed(
            rules.SIGN[kind] * gross,
            left,
            date.fromisoformat(issued_on),
            date.fromisoformat(paid_on) if paid_on else None,
        )
        for kind, gross, left, issued_on, paid_on in (row.billed if order else ())
    ]
    return tuple(steps_of(row.quoted, order, billed))


def _received(invoice: Invoice, settled: Sequence[Settled]) -> list[tuple[date, int]]:
    """What came in and when; for a reader who may not see payments, what is missing of the gross."""
    received = [(each.effective_on, each.amount) for each in settled]
    unseen = invoice.gross - invoice.open - sum(amount for _day, amount in received)
    if unseen > 0:
        received.append((invoice.paid_on or invoice.due_on, unseen))
    return received
