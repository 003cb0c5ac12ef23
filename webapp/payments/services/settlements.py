"""Payments a file brings with its invoices: settled in full, set-based."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import insert

from webapp.core.bulk import write_frame
from webapp.core.clock import now
from webapp.core.ids import new_hexes, new_id
from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices.services import settle_new_in_full
from webapp.payments.models import Allocation, Payment
from webapp.payments.services.balances import refresh, require_writer
from webapp.users.actor import Actor


@dataclass(frozen=True)
class Settlement:
    """A file says this invoice was settled in full on that day. `value` is in the company's currency."""

    invoice_id: uuid.UUID
    invoice_ref: str
    client_id: uuid.UUID
    amount: int
    settled_on: date
    value: int
    currency: str = "EUR"
    rate: int = UNIT_RATE


def insert_payments(actor: Actor, rows: pl.DataFrame, import_id: uuid.UUID) -> None:
    """Payments that no book holds, not allocated yet, straight into the table.

    `rows`: source, ref, client_id (hex), received_on, amount, currency, rate, method and text. The caller
    refreshes balances. Raises Forbidden, and DBAPIError when a (source, ref) is taken.
    """
    require_writer(actor, importing=True)
    values = [convert(amount, rate) for amount, rate in rows.select("amount", "rate").iter_rows()]
    rows = rows.with_columns(value=pl.Series(values, dtype=pl.Int64))
    write_frame(
        Payment.__table__,
        rows.select(
            "source", "client_id", "received_on", "amount", "currency", "rate", "method", "text",
            id=pl.Series(new_hexes(rows.height), dtype=pl.String),
            source_ref="ref",
            unapplied="amount",
            amount_value="value",
            unapplied_value="value",
            recorded_at=pl.lit(now()),
            import_id=pl.lit(import_id.hex),
        ),
    )  # fmt: skip


def insert_settlements(actor: Actor, rows: pl.DataFrame, import_id: uuid.UUID) -> None:
    """Payments of documents that `insert_invoices` recorded as settled, straight into the tables.

    `rows` are those it returned whose settled_on is not null. The caller refreshes balances.
    """
    require_writer(actor, importing=True)
    rows = rows.with_columns(
        payment_id=pl.Series(new_hexes(rows.height), dtype=pl.String), recorded_at=pl.lit(now())
    )
    write_frame(
        Payment.__table__,
        rows.select(
            "client_id", "currency", "rate", "recorded_at",
            id="payment_id",
            source=pl.lit("import"),
            source_ref=pl.format("{} {} {}", "ref", pl.col("settled_on").dt.to_string(), "gross"),
            received_on="settled_on",
            amount="gross",
            unapplied=pl.lit(0),
            amount_value="gross_value",
            unapplied_value=pl.lit(0),
            import_id=pl.lit(import_id.hex),
        ),
    )  # fmt: skip
    write_frame(
        Allocation.__table__,
        rows.select(
            "payment_id", "recorded_at",
            id=pl.Series(new_hexes(rows.height), dtype=pl.String),
            invoice_id="id",
            amount="gross",
            effective_on="settled_on",
        ),
    )  # fmt: skip


def record_settlements(
    actor: Actor, rows: Sequence[Settlement], import_id: uuid.UUID, *, stale: set[uuid.UUID] | None = None
) -> None:
    """Payments that settle invoices of the same file in full, set-based. Events: BalanceChanged.

    With `stale` the clients are added to it, for the caller to refresh.
    """
    require_writer(actor, importing=True)
    if not rows:
        return
    recorded_at = now()
    payments, allocations = [], []
    for row in rows:
        payment_id = new_id()
        payments.append(
            {
                "id": payment_id,
                "source": "import",
                "source_ref": f"{row.invoice_ref} {row.settled_on} {row.amount}",
                "client_id": row.client_id,
                "received_on": row.settled_on,
                "amount": row.amount,
                "unapplied": 0,
                "currency": row.currency,
                "rate": row.rate,
                "amount_value": row.value,
                "unapplied_value": 0,
                "recorded_at": recorded_at,
                "import_id": import_id,
            }
        )
        allocations.append(
            {
                "id": new_id(),
                "payment_id": payment_id,
                "invoice_id": row.invoice_id,
                "amount": row.amount,
                "effective_on": row.settled_on,
                "recorded_at": recorded_at,
            }
        )
    db.session.execute(insert(Payment), payments)
    db.session.execute(insert(Allocation), allocations)
    settle_new_in_full({row.invoice_id: row.settled_on for row in rows})
    _follow({row.client_id for row in rows}, stale)


def _follow(clients: set[uuid.UUID], stale: set[uuid.UUID] | None) -> None:
    if stale is not None:
        stale |= clients
    else:
        refresh(clients)
