"""The dry run: every row read and judged into staging, in short transactions, nothing else written."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from webapp.clients.models import Client
from webapp.core.bulk import write_rows
from webapp.core.clock import now, today
from webapp.extensions import db
from webapp.imports import columns
from webapp.imports.judging import Judged, iso, judge_of
from webapp.imports.messages import FILE, ROW, WARNING, say
from webapp.imports.models import Import, ImportRow
from webapp.imports.parsers import csv
from webapp.imports.parsers.source import Unreadable
from webapp.imports.reading import Profile
from webapp.invoices.models import Balance
from webapp.risk.models import CreditLimit
from webapp.risk.rules import in_force, is_breach
from webapp.users.queries import company

CHUNK = 500
KEPT_ERRORS = 1000
STAGED = ("import_id", "line", "outcome", "values", "before", "errors")
Transaction = Callable[[], Any]


class Cancelled(Exception):
    """Somebody asked to stop."""


def run_check(import_id: uuid.UUID, transaction: Transaction) -> None:
    """Check a file: `transaction` opens a unit of work for each short step.

    Ends in state `checked`, `refused` (the file as a whole) or `cancelled`.
    """
    with transaction():
        row = db.session.get_one(Import, import_id)
        if row.state != "checking":
            return
        row.rows_done = 0  # a check that was killed starts again
        db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
        path, kind, mapping, dialect = Path(row.path), row.kind, dict(row.mapping), dialect_of(row)
        currency = company().currency
    try:
        profile = _profile(import_id, path, dialect, kind, mapping, currency, transaction)
        tally = Tally(kind, profile, row_labels(kind))
        judge = judge_of(kind, currency)
        rows = csv.read_rows(path, dialect)
        while chunk := list(islice(rows, CHUNK)):
            with transaction():
                judged = judge.judge([profile.read(each) for each in chunk])
                tally.add(judged)
                _stage(import_id, judged)
                _progress(import_id, len(chunk))
        tally.finish(judge, encoding=dialect.encoding_name)
        with transaction():
            _conclude(db.session.get_one(Import, import_id), tally)
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
) -> Profile:
    """Read the whole file once to learn how its columns are written, and count its rows."""
    profile, total = Profile(kind, mapping, dialect.headers, currency), 0
    rows: Iterator[csv.Row] = csv.read_rows(path, dialect)
    while chunk := list(islice(rows, 20 * CHUNK)):
        total += len(chunk)
        for each in chunk:
            if each.fault is None:
                profile.add(each)
        with transaction():
            row = db.session.get_one(Import, import_id)
            row.rows_total = total
            if row.cancel_requested:
                raise Cancelled
    return profile


def _stage(import_id: uuid.UUID, judged: list[Judged]) -> None:
    rows = (
        (
            import_id,
            each.line,
            each.outcome,
            {name: iso(value) for name, value in each.values.items()},
            {name: iso(value) for name, value in each.before.items()} if each.before else None,
            [_error(fault.as_json()) for fault in each.faults] or None,
        )
        for each in judged
    )
    write_rows(ImportRow.__table__, STAGED, rows)


def _error(fault: dict[str, str]) -> dict[str, str]:
    sentence = say(ROW, fault["code"], value=fault.get("value", ""))
    return {**fault, "message": sentence}


def _progress(import_id: uuid.UUID, read: int) -> None:
    row = db.session.get_one(Import, import_id)
    row.rows_done += read
    if row.cancel_requested:
        raise Cancelled


class Tally:
    """Counts, totals, warnings and errors while rows go by."""

    def __init__(self, kind: str, profile: Profile, labels: dict[str, str]) -> None:
        self.kind, self.profile, self.labels = kind, profile, labels
        self.counts: Counter[str] = Counter(created=0, updated=0, unchanged=0, skipped=0, refused=0)
        self.gross = self.effect = self.payments = self.paid = 0
        self.noted: Counter[str] = Counter()
        self.first: dict[str, int] = {}
        self.errors: list[dict[str, Any]] = []
        self.clients: set[str] = set()
        self.deltas: Counter[str] = Counter()  # what each client will owe more, or less
        self.new_clients = 0
        self.notes: list[dict[str, Any]] = []

    def add(self, judged: list[Judged]) -> None:
        for each in judged:
            self.counts[each.outcome] += 1
            for code in each.warnings:
                self.noted[code] += 1
                self.first.setdefault(code, each.line)
            for fault in each.faults:
                self._note_error(each.line, fault.as_json())
            if each.outcome not in ("refused", "skipped") and self.kind == "invoices":
                self._sum(each)

    def _sum(self, each: Judged) -> None:
        values = each.values
        sign = -1 if values["kind"] == "credit_note" else 1
        self.gross += sign * values["gross"]
        self.clients.add(values["client_ref"])
        settled = "settled_on" in values
        if settled:
            self.payments += 1
            self.paid += values["gross"]
        change = 0
        if each.outcome == "created":
            change = 0 if settled else sign * values["gross"]
        elif each.outcome == "updated":
            before = each.before or {}
            change = sign * (values["gross"] - before.get("gross", values["gross"]))
            change -= values["gross"] if settled and "settled_on" in before else 0
        self.effect += change
        self.deltas[values["client_ref"]] += change

    def _note_error(self, line: int, fault: dict[str, str]) -> None:
        if len(self.errors) >= KEPT_ERRORS:
            return
        label = self.labels.get(fault["field"], "")
        sentence = say(ROW, fault["code"], value=fault["value"])
        self.errors.append(
            {
                "row": line,
                "column": fault["column"] or self.profile.mapping.get(fault["field"], "") or label,
                "field": fault["field"],
                "code": fault["code"],
                "message": _("%(column)s : %(cause)s", column=label, cause=sentence) if label else sentence,
            }
        )

    def finish(self, judge: Any, *, encoding: str) -> None:
        """Turn what was noted into sentences."""
        self.new_clients = len(judge.new_clients)
        for code, column in self.profile.warnings():
            self.notes.append(_note(code, 1, None, column))
        if encoding not in ("UTF-8", "ASCII"):
            self.notes.append(_note("encoding", 1, None, encoding))
        for code, count in sorted(self.noted.items()):
            self.notes.append(_note(code, count, self.first[code], ""))
        if judge.aliases:
            self.notes.append(_note("aliases", len(judge.aliases), None, ""))


def _note(code: str, count: int, row: int | None, value: str) -> dict[str, Any]:
    return {"code": code, "message": say(WARNING, code, value=value), "count": count, "row": row}


def _new_breaches(deltas: Mapping[str, int]) -> int:
    """How many clients the file would take above a limit they respect today."""
    refs, day, count = [ref for ref, more in deltas.items() if more > 0], today(), 0
    for start in range(0, len(refs), CHUNK):
        rows = db.session.execute(
            select(Client.ref, CreditLimit.amount, CreditLimit.ends_on, func.coalesce(Balance.outstanding, 0))
            .join(CreditLimit, CreditLimit.client_id == Client.id)
            .outerjoin(Balance, Balance.client_id == Client.id)
            .where(Client.ref.in_(refs[start : start + CHUNK]), CreditLimit.replaced_at.is_(None))
        )
        for ref, amount, ends_on, owed in rows:
            limit = in_force(amount, ends_on, day)
            count += is_breach(owed + deltas[ref], limit) and not is_breach(owed, limit)
    return count


def _conclude(row: Import, tally: Tally) -> None:
    ignored = [_note(each["reason"], 1, None, each["column"]) for each in row.dialect.get("ignored", [])]
    before = int(db.session.scalar(select(func.sum(Balance.outstanding))) or 0)
    row.counts = dict(tally.counts)
    row.totals = {
        "currency": tally.profile.currency,
        "rows": sum(tally.counts.values()),
        "clients": len(tally.clients) or sum(tally.counts.values()),
        "clients_created": tally.new_clients,
    }
    if tally.kind == "invoices":
        row.totals = {
            **row.totals,
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
