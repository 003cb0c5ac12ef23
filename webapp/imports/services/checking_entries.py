"""The dry run of a FEC: entries on customer accounts judged and staged, oddities said."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask_babel import get_locale

from webapp.core.money import format_money
from webapp.extensions import db
from webapp.imports import staging
from webapp.imports.entries import Ledger, groups, read_ledger, rest_of
from webapp.imports.entry_judging import EntryJudge
from webapp.imports.judging import Judged
from webapp.imports.lanes import staged_frame
from webapp.imports.models import Import
from webapp.imports.parsers import fec
from webapp.imports.reading import Fault
from webapp.imports.stopping import stop_if_asked
from webapp.imports.tallying import Tally, note

SLICE = 20_000
NAMED = 50  # groups and pieces named one by one
Transaction = Callable[[], Any]


def check_entries(import_id: uuid.UUID, path: Path, currency: str, transaction: Transaction) -> Tally:
    """Judge and stage a FEC; returns its tally. Raises Unreadable, Cancelled."""
    layout = fec.read_layout(path)
    ledger = read_ledger(fec.read_entries(path, layout), lambda: _pulse(import_id, transaction, 0))
    judge = EntryJudge(currency)
    bad = [
        Judged(each.line, "refused", {}, None, [Fault("", each.column, each.code, each.value)])
        for each in ledger.faults
    ]
    good = judge.judge_items(ledger.items)
    tally = Tally("entries", {}, currency)
    for number, start in enumerate(range(0, len(good) + len(bad), SLICE)):
        rows = sorted([*good, *bad], key=lambda each: each.line)[start : start + SLICE]
        frame = staged_frame("entries", rows)
        tally.add(frame, rows)
        with transaction():
            staging.stage(import_id, number, frame)
    _pulse(import_id, transaction, len(good) + len(bad))
    tally.finish(judge, encoding=fec_encoding(layout.encoding))
    tally.notes += _notes(ledger, currency)
    tally.more = _figures(ledger)
    return tally


def _pulse(import_id: uuid.UUID, transaction: Transaction, rows: int) -> None:
    with transaction():
        row = db.session.get_one(Import, import_id)
        stop_if_asked(row)
        row.rows_total = row.rows_done = rows


def fec_encoding(name: str) -> str:
    """The encoding as people call it."""
    return "UTF-8" if name in ("ascii", "utf-8", "utf-8-sig") else name.upper()


def _figures(ledger: Ledger) -> dict[str, int]:
    """Counts of what the entries are, for the report."""
    roles = Counter(item.role for item in ledger.items)
    lettered = list(groups(ledger.items))
    return {
        "invoices": roles["invoice"],
        "credit_notes": roles["credit_note"],
        "refunds": roles["refund"],
        "receipts": roles["payment"],
        "lettered": sum(len(members) for _key, members in lettered),
        "groups": len(lettered),
        "groups_unbalanced": sum(rest_of(members) != 0 for _key, members in lettered),
        "account_balance": ledger.total,
    }


def _notes(ledger: Ledger, currency: str) -> list[dict[str, Any]]:
    """What a person should know about the file."""
    locale = str(get_locale() or "fr")
    said: list[dict[str, Any]] = []
    for (client, letters), members in groups(ledger.items):
        rest = rest_of(members)
        if rest and len(said) < NAMED:
            value = f"{client} {letters} ({format_money(rest, currency, locale)})"
            said.append(note("unbalanced_group", 1, members[0].line, value))
    said += [note("unbalanced_piece", 1, None, name) for name in ledger.unbalanced[:NAMED]]
    said += [note("account_beside", count, None, code) for code, count in sorted(ledger.beside.items())]
    if ledger.zeros:
        said.append(note("zero", len(ledger.zeros), ledger.zeros[0], ""))
    refunds = [item for item in ledger.items if item.role == "refund"]
    if refunds:
        said.append(note("refunds", len(refunds), refunds[0].line, ""))
    return said
