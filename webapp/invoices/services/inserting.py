"""Documents that are new, as many as a file brings: straight into the tables, column by column."""

from __future__ import annotations

import uuid

import polars as pl

from webapp.core.bulk import write_frame
from webapp.core.clock import now
from webapp.core.ids import new_hexes
from webapp.core.money import UNIT_RATE, convert
from webapp.invoices import rules
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.services.recording import require_writer
from webapp.users.actor import Actor


def insert_invoices(actor: Actor, rows: pl.DataFrame, import_id: uuid.UUID) -> pl.DataFrame:
    """Record documents that no book holds, each due in one part; returns them with `id` and `gross_value`.

    `rows`: ref, client_id (hex), kind, issued_on, due_on, gross, currency, rate, due_computed and
    settled_on, the day it was settled in full (null: open). The caller writes the payments that settle
    them, then the balances (`refresh_balances`) and InvoicesChanged, once for a whole file. Raises
    Forbidden, and DBAPIError when a reference is taken.
    """
    require_writer(actor)
    # Neighbours in the indexes by client go in together.
    rows = _valued(rows.sort("client_id", "due_on")).with_columns(
        pl.Series("id", new_hexes(rows.height), pl.String)
    )
    open_ = pl.col("settled_on").is_null()
    write_frame(
        Invoice.__table__,
        rows.select(
            "id", "ref", "kind", "client_id", "issued_on", "due_on", "gross", "currency", "rate",
            "gross_value", "due_computed",
            open=pl.when(open_).then("gross").otherwise(0),
            open_value=pl.when(open_).then("gross_value").otherwise(0),
            paid_on="settled_on",
            late_days=(pl.col("settled_on") - pl.col("due_on")).dt.total_days(),
            revision=pl.lit(1),
            recorded_at=pl.lit(now()),
            import_id=pl.lit(import_id.hex),
        ),
    )  # fmt: skip
    write_frame(
        Instalment.__table__,
        rows.select(
            "client_id", "due_on",
            id=pl.Series(new_hexes(rows.height), dtype=pl.String),
            invoice_id="id",
            number=pl.lit(1),
            amount="gross",
            open=pl.when(open_).then("gross").otherwise(0),
            open_value=pl.when(open_).then("gross_value").otherwise(0),
            sign=pl.col("kind").replace_strict(rules.SIGN, return_dtype=pl.Int64),
        ),
    )  # fmt: skip
    return rows


def _valued(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `gross_value`, the amount in the company's currency."""
    if (rows["rate"] == UNIT_RATE).all():
        return rows.with_columns(gross_value="gross")
    values = [convert(gross, rate) for gross, rate in rows.select("gross", "rate").iter_rows()]
    return rows.with_columns(gross_value=pl.Series(values, dtype=pl.Int64))
