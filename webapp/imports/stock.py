"""Stock files: everything that is open now. What the same source brought before and names no more is cleared.

The same source is files with the same columns. A document is cleared on the day of the file: credits of a
client first meet its debits, a payment settles the rest. Too many missing at once is a mistake (an export
cut short, another branch's): above a share of what is open, a setting, the file is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.core.clock import local
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.columns import headers_key
from webapp.imports.models import Import
from webapp.imports.staging import frame_of
from webapp.invoices.models import Invoice
from webapp.invoices.rules import SIGN
from webapp.users.queries import company

NAMED = ("created", "updated", "unchanged", "skipped")
SHARE = 30  # percent, unless the company's settings say otherwise
SETTING = "stock_clear_share"


@dataclass(frozen=True)
class Missing:
    """Open documents of a source that a file does not name, out of `total` open ones."""

    rows: Sequence[Any]
    total: int
    limit: int

    @property
    def too_many(self) -> bool:
        return len(self.rows) * 100 > self.limit * self.total


def day_of(row: Import) -> date:
    """The day a stock file speaks of: the one it came in."""
    return local(row.created_at).date()


def find_missing(row: Import) -> Missing:
    """What the file would clear. Its own rows are staged already."""
    named = pl.Series(
        [
            ref
            for frame in staging.frames(
                row.id, ("created", "updated", "unchanged", "skipped"), columns=["ref"]
            )
            for ref in frame["ref"].drop_nulls()
        ],
        dtype=pl.String,
    )
    rows = db.session.execute(
        select(
            Invoice.id, Invoice.ref, Invoice.kind, Invoice.issued_on, Invoice.due_on, Invoice.open,
            Invoice.open_value, Invoice.currency, Invoice.rate, Client.ref.label("client_ref"),
            Client.legal_name.label("client_name"),
        )
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.import_id.in_(_same_source(row)), Invoice.voided_at.is_(None), Invoice.open > 0)
        .order_by(Client.ref, Invoice.due_on, Invoice.ref)
    ).all()  # fmt: skip
    kept = set(named)
    missing = [each for each in rows if each.ref not in kept]
    limit = (company().settings or {}).get(SETTING, SHARE)
    return Missing(missing, len(rows), int(limit))


def _same_source(row: Import) -> list[uuid.UUID]:
    """Imports of files with the same columns."""
    key = headers_key(row.dialect["headers"])
    files = db.session.scalars(
        select(Import).where(Import.state == "imported", Import.kind == "invoices", Import.format == "csv")
    )
    return [each.id for each in files if headers_key(each.dialect["headers"]) == key]


def missing_frame(missing: Missing, after: int) -> pl.DataFrame:
    """Missing documents as staged rows below line `after`, with what is open of each as their amount."""
    return frame_of(
        "invoices",
        (
            {
                "line": after + number,
                "outcome": "cleared",
                "ref": each.ref,
                "client_ref": each.client_ref,
                "client_name": each.client_name,
                "issued_on": each.issued_on,
                "due_on": each.due_on,
                "gross": each.open,
                "currency": each.currency,
                "kind": each.kind,
                "rate": each.rate,
            }
            for number, each in enumerate(missing.rows, 1)
        ),
    )


def effect_of(missing: Missing) -> tuple[dict[str, int], int]:
    """What clearing adds to what each client owes (cents, company currency), and how many clients keep
    a credit: it meets their debits, and what is left of it stays theirs."""
    sides: dict[tuple[str, str], int] = {}
    for each in missing.rows:
        key = (each.client_ref, each.currency)
        sides[key] = sides.get(key, 0) + SIGN[each.kind] * each.open_value
    deltas: dict[str, int] = {}
    for (ref, _currency), total in sides.items():
        deltas[ref] = deltas.get(ref, 0) - max(total, 0)
    return deltas, sum(total < 0 for total in sides.values())
