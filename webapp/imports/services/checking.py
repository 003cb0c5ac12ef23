"""The dry run: every row read and judged into staging, in short transactions, nothing else written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.core.clock import now, today
from webapp.extensions import db
from webapp.imports import columns, staging
from webapp.imports.lanes import Lanes
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import
from webapp.imports.parsers import csv
from webapp.imports.parsers.batches import read_batches
from webapp.imports.parsers.source import Unreadable
from webapp.imports.plain import ref_key
from webapp.imports.reading import Profile
from webapp.imports.services.checking_entries import check_entries
from webapp.imports.stock import Missing, effect_of, find_missing, missing_frame
from webapp.imports.stopping import Cancelled, stop_if_asked
from webapp.imports.tallying import OWED, Tally, note
from webapp.invoices.models import Balance
from webapp.risk.models import CreditLimit
from webapp.risk.rules import in_force, is_breach
from webapp.users.queries import company

CHUNK = 500
Transaction = Callable[[], Any]


def run_check(import_id: uuid.UUID, transaction: Transaction) -> None:
    """Check a file: `transaction` opens a unit of work for each short step.

    Ends in state `checked`, `refused` (the file as a whole) or `cancelled`.
    """
    with transaction():
        row = db.session.get_one(Import, import_id)
        if row.state != "checking":
            return
        row.rows_done = 0  # a check that was killed starts again
        staging.clear(import_id)
        path, shape, currency = Path(row.path), row.shape, company().currency
        dialect, mapping = dialect_of(row), dict(row.mapping)
    try:
        if shape == "entries":
            tally = check_entries(import_id, path, currency, transaction)
        else:
            tally = _check_rows(import_id, path, dialect, shape, mapping, currency, transaction)
        with transaction():
            row = db.session.get_one(Import, import_id)
            missing = _stage_missing(row, tally) if row.mode == "stock" else None
            _conclude(row, tally)
            if missing is not None and missing.too_many:
                _refuse_missing(row, missing)
    except Cancelled:
        with transaction():
            row = db.session.get_one(Import, import_id)
            row.state, row.finished_at = "cancelled", now()
    except Unreadable as error:
        with transaction():
            row = db.session.get_one(Import, import_id)
            row.state, row.finished_at = "refused", now()
            sentence = say(FILE, error.code, line=error.line, **error.params)
            row.errors = [{"row": error.line, "column": None, "code": error.code, "message": sentence}]


def _stage_missing(row: Import, tally: Tally) -> Missing:
    """What a stock file would clear, staged below its own rows and counted."""
    missing = find_missing(row)
    if missing.rows:
        after, number = staging.end_of(row.id)
        staging.stage(row.id, number, missing_frame(missing, after))
        tally.notes.append(note("cleared", len(missing.rows), None, ""))
    deltas, credits_left = effect_of(missing)
    if credits_left:
        tally.notes.append(note("credit_left", credits_left, None, ""))
    tally.clear(len(missing.rows), deltas)
    return missing


def _refuse_missing(row: Import, missing: Missing) -> None:
    row.state, row.finished_at = "refused", now()
    said = {"count": len(missing.rows), "total": missing.total, "limit": missing.limit}
    sentence = say(FILE, "stock_share", **said)
    row.errors = [{"row": None, "column": None, "code": "stock_share", "message": sentence}]


def _check_rows(
    import_id: uuid.UUID,
    path: Path,
    dialect: csv.Dialect,
    kind: str,
    mapping: dict[str, str],
    currency: str,
    transaction: Transaction,
) -> Tally:
    """Judge and stage a delimited file; returns its tally. Raises Unreadable, Cancelled."""
    profile, doubled = _profile(import_id, path, dialect, kind, mapping, currency, transaction)
    tally = Tally(kind, row_labels(kind), currency, profile)
    lanes = Lanes(kind, profile, currency, doubled)
    for number, batch in enumerate(read_batches(path, dialect, profile.index)):
        frame, alone = lanes.judged(batch)
        tally.add(frame, alone)
        with transaction():
            staging.stage(import_id, number, frame)
            _progress(import_id, frame.height)
    tally.finish(lanes.judge, encoding=dialect.encoding_name)
    return tally


def dialect_of(row: Import) -> csv.Dialect:
    """How the file was found to be written."""
    kept = row.dialect
    headers = tuple(kept["headers"])
    return csv.Dialect(
        kept["encoding"], kept["delimiter"], kept["newline"], kept["header_line"], headers, kept["width"]
    )


def row_labels(kind: str) -> dict[str, str]:
    """What fields are called, for sentences."""
    return {each.name: str(each.label) for each in columns.fields_of(kind)}


def _profile(
    import_id: uuid.UUID,
    path: Path,
    dialect: csv.Dialect,
    kind: str,
    mapping: dict[str, str],
    currency: str,
    transaction: Transaction,
) -> tuple[Profile, pl.Series]:
    """Read the whole file once to learn how its columns are written, and count its rows.

    Returns the profile, and the keys of references that stand on more than one row.
    """
    known = "ref" in mapping
    profile, total = Profile(kind, mapping, dialect.headers, currency), 0
    keys = [pl.Series(dtype=pl.UInt64)]
    for batch in read_batches(path, dialect, profile.index):
        profile.add(batch.table)
        if known:
            keys.append(ref_key(batch.table))
        total += batch.height
        with transaction():
            row = db.session.get_one(Import, import_id)
            row.rows_total = total
            stop_if_asked(row)
    met = pl.concat(keys).sort()  # in order, what stands twice stands beside itself
    return profile, met.filter(met == met.shift(1)).unique()


def _progress(import_id: uuid.UUID, read: int) -> None:
    row = db.session.get_one(Import, import_id)
    row.rows_done += read
    stop_if_asked(row)


def _new_breaches(deltas: Mapping[str, int]) -> int:
    """How many clients the file would take above a limit they respect today."""
    refs, day, count = [ref for ref, more in deltas.items() if more > 0], today(), 0
    for start in range(0, len(refs), CHUNK):
        rows = db.session.execute(
            select(Client.ref, CreditLimit.amount, CreditLimit.ends_on, func.coalesce(Balance.exposure, 0))
            .join(CreditLimit, CreditLimit.client_id == Client.id)
            .outerjoin(Balance, Balance.client_id == Client.id)
            .where(Client.ref.in_(refs[start : start + CHUNK]), CreditLimit.replaced_at.is_(None))
        )
        for ref, amount, ends_on, owed in rows:
            limit = in_force(amount, ends_on, day)
            count += is_breach(owed + deltas[ref], limit) and not is_breach(owed, limit)
    return count


def _conclude(row: Import, tally: Tally) -> None:
    ignored = [note(each["reason"], 1, None, each["column"]) for each in row.dialect.get("ignored", [])]
    before = int(db.session.scalar(select(func.sum(Balance.outstanding))) or 0)
    row.counts = dict(tally.counts)
    row.totals = {
        "currency": tally.currency,
        "rows": sum(tally.counts.values()),
        "clients": len(tally.clients) or sum(tally.counts.values()),
        "clients_created": tally.new_clients,
    }
    if tally.kind in OWED:
        row.totals = {
            **row.totals,
            **tally.more,
            "gross": tally.gross,
            "payments": tally.payments,
            "paid": tally.paid,
            "outstanding_before": before,
            "outstanding_after": before + tally.effect,
            "new_breaches": _new_breaches(tally.deltas),
        }
    row.warnings, row.errors = ignored + tally.notes, tally.errors
    row.state = "checked"
    if not sum(tally.counts.values()):
        row.state, row.finished_at = "refused", now()
        row.errors = [
            {"row": None, "column": None, "code": "header_only", "message": say(FILE, "header_only")}
        ]
