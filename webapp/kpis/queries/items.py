"""What one client's line of the aged balance is made of: open parts, credits, cash left over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from webapp.core.clock import today
from webapp.core.errors import Forbidden
from webapp.core.money import convert
from webapp.extensions import db
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.rules import bucket
from webapp.kpis.policy import HIDDEN, may_read
from webapp.kpis.queries.sums import NOTHING
from webapp.payments.models import Payment
from webapp.payments.queries import cash_as_of, items_as_of
from webapp.users.actor import Actor

PLACES = ("b0", "b1", "b2", "b3", "b4", "b5", "credits", "unapplied")
CHUNK = 500


@dataclass(frozen=True)
class Item:
    """A part of a document, or a payment, that is still open. `place` is its column of the aged balance.

    `amount` is in its own currency, `value` in cents of the company's; both positive. `late` is counted
    from the date asked for; None for credits and cash.
    """

    id: uuid.UUID  # of the document or payment
    ref: str
    kind: str
    issued_on: date
    due_on: date
    currency: str
    amount: int
    value: int
    place: str
    late: int | None

    @property
    def signed(self) -> int:
        """Cents of the company's currency; what is owed to the client is negative."""
        return -self.value if self.late is None else self.value


def open_items(
    actor: Actor, client_id: uuid.UUID, as_of: date, basis: str, bounds: Sequence[int]
) -> list[Item]:
    """Open items of a client already known to be in scope, oldest first. Raises Forbidden.

    They add up to the client's line of the aged balance of that day.
    """
    if not may_read(actor):
        raise Forbidden(HIDDEN)
    past = as_of < today()
    parts = _past_parts(client_id, as_of) if past else db.session.execute(_parts(client_id))
    items = [_item(row, as_of, basis, bounds) for row in parts]
    cash = cash_as_of(as_of, [client_id]) if past else _cash(client_id)
    items += [_payment(row, left) for row, left in cash]
    return sorted(items, key=lambda item: (item.due_on, item.ref))


def _facts() -> tuple[Any, ...]:
    return (Invoice.id, Invoice.ref, Invoice.kind, Invoice.issued_on, Invoice.currency)


def _parts(client_id: uuid.UUID) -> Select[Any]:
    part = Instalment
    return (
        select(*_facts(), part.due_on, part.sign, part.open, part.open_value)
        .join(part, part.invoice_id == Invoice.id)
        .where(part.client_id == client_id, part.open > NOTHING, part.sign != 0)
    )


def _past_parts(client_id: uuid.UUID, day: date) -> Iterator[tuple[Any, ...]]:
    found = list(items_as_of(day, [client_id]))
    facts = _documents(dict.fromkeys(item.invoice_id for item in found))
    for item in found:
        yield (*facts[item.invoice_id], item.due_on, item.sign, item.open, item.value)


def _documents(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Any, ...]]:
    wanted = list(ids)
    facts: dict[uuid.UUID, tuple[Any, ...]] = {}
    for start in range(0, len(wanted), CHUNK):
        chosen = Invoice.id.in_(wanted[start : start + CHUNK])
        facts |= {row[0]: tuple(row) for row in db.session.execute(select(*_facts()).where(chosen))}
    return facts


def _item(row: Any, day: date, basis: str, bounds: Sequence[int]) -> Item:
    invoice_id, ref, kind, issued_on, currency, due_on, sign, amount, value = row
    dated = due_on if basis == "due" else issued_on
    owed = sign > 0
    place = f"b{bucket(dated, day, bounds)}" if owed else "credits"
    late = max((day - dated).days, 0) if owed else None
    return Item(invoice_id, ref, kind, issued_on, due_on, currency, amount, value, place, late)


def _cash(client_id: uuid.UUID) -> Iterator[tuple[Any, int]]:
    query = select(Payment).where(
        Payment.client_id == client_id, Payment.unapplied > 0, Payment.voided_at.is_(None)
    )
    for payment in db.session.scalars(query):
        yield payment, payment.unapplied


def _payment(row: Any, left: int) -> Item:
    day, value = row.received_on, convert(left, row.rate)
    facts = (row.id, row.source_ref, "payment", day, day, row.currency)
    return Item(*facts, left, value, "unapplied", None)
