"""Run by `benchmarks.aging` in a process of its own: a large ledger, then its aged balance both ways.

python -m benchmarks.aged CLIENTS OPEN SETTLED RUNS
"""

from __future__ import annotations

import gc
import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any
from uuid import UUID

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")

import orjson
import psycopg2
from flask_babel import force_locale
from sqlalchemy import make_url, text

from benchmarks.figures import interleaved, median
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE
from webapp.extensions import db
from webapp.invoices.rules import BOUNDS
from webapp.kpis.formulas.aging import edges
from webapp.kpis.queries.aging import Question
from webapp.kpis.queries.listing import Choice, read_aged
from webapp.kpis.schemas import aged_json
from webapp.users.actor import system_actor
from webapp.users.queries import find_root_branch
from webapp.users.services import ensure_company

COLUMNS = {
    "clients": "id ref legal_name country language branch_id payment_days end_of_month sort_name search_text "
    "revision created_at updated_at",
    "invoices": "id ref kind client_id issued_on due_on gross open currency rate gross_value open_value "
    "due_computed paid_on late_days revision recorded_at",
    "instalments": "id invoice_id client_id number due_on amount open open_value sign",
    "payments": "id source source_ref client_id received_on amount unapplied currency rate amount_value "
    "unapplied_value recorded_at",
    "allocations": "id payment_id invoice_id amount effective_on recorded_at",
    "client_balances": "client_id outstanding unapplied overdue open_count open_orders unbilled_amount "
    "exposure as_of",
}
INSTANT = "2026-01-01 00:00:00.000000"
Row = tuple[Any, ...]


def rows_of(clients: int, opened: int, settled: int, branch: UUID, day: date) -> Iterator[tuple[str, Row]]:
    """(table, row) of a company: a tenth of its documents in two parts, a twentieth are credits."""
    dice, number = random.Random(1), 0
    for rank in range(clients):
        client, name = new_id(), f"Société {rank:06d}"
        yield (
            "clients",
            (client, f"C{rank:06d}", name, "FR", "fr", branch, 30, False, name, name, 1, INSTANT, INSTANT),
        )
        cash = dice.randrange(500_00) if dice.random() < 0.2 else 0
        if cash:
            ids = (new_id(), "bench", f"cash {rank}", client)
            yield "payments", (*ids, day, cash, cash, "EUR", UNIT_RATE, cash, cash, INSTANT)
        yield "client_balances", (client, 0, cash, 0, 0, 0, 0, 0, day)
        parts = 0
        while parts < opened // clients:
            number += 1
            two = dice.random() < 0.1
            yield from _document(dice, client, number, day, two, paid=False)
            parts += 1 + two
        for _document_number in range(settled // clients):
            number += 1
            yield from _document(dice, client, number, day, False, paid=True)


def _document(
    dice: random.Random, client: UUID, number: int, day: date, two: bool, *, paid: bool
) -> Iterator[tuple[str, Row]]:
    bill, gross, ref = new_id(), dice.randrange(100, 5_000_00), f"F{number:08d}"
    kind = "credit_note" if dice.random() < 0.05 and not paid else "invoice"
    issued = day - timedelta(days=dice.randrange(330))
    due, left = issued + timedelta(days=dice.choice((30, 45, 60))), 0 if paid else gross
    came = min(day, due + timedelta(days=dice.randrange(20)))
    end = (came, (came - due).days) if paid else (None, None)
    own = (bill, ref, kind, client, issued, due, gross, left, "EUR", UNIT_RATE, gross, left, False)
    yield "invoices", (*own, *end, 1, INSTANT)
    sign = -1 if kind == "credit_note" else 1
    amounts = [gross // 2, gross - gross // 2] if two else [gross]
    for place, amount in enumerate(amounts, 1):
        open_ = 0 if paid else amount
        when = due + timedelta(days=30 * (place - 1))
        yield "instalments", (new_id(), bill, client, place, when, amount, open_, open_, sign)
    if paid:
        payment = new_id()
        head = (payment, "bench", ref, client, came, gross, 0, "EUR", UNIT_RATE, gross, 0, INSTANT)
        yield "payments", head
        yield "allocations", (new_id(), payment, bill, gross, came, INSTANT)


def load(rows: Iterator[tuple[str, Row]]) -> None:
    """Put the rows in by the driver's own fastest way."""
    waiting: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    with closing(bare()) as connection:
        put = _copy if db.engine.dialect.name == "postgresql" else _executemany
        for count, (table, row) in enumerate(rows, 1):
            waiting[table].append(row)
            if count % 200_000 == 0:
                put(connection, waiting)
        put(connection, waiting)
        connection.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE"))


def _executemany(connection: Any, waiting: dict[str, list[Row]]) -> None:
    for table, rows in waiting.items():
        names = COLUMNS[table].split()
        plain = (
            [
                each.hex if isinstance(each, UUID) else str(each) if isinstance(each, date) else each
                for each in row
            ]
            for row in rows
        )
        into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # nosec B608
        connection.executemany(into, plain)
        rows.clear()


def _copy(connection: Any, waiting: dict[str, list[Row]]) -> None:
    for table, rows in waiting.items():
        lines = ("\t".join("\\N" if each is None else str(each) for each in row) for row in rows)
        with connection.cursor() as cursor:
            cursor.copy_from(StringIO("\n".join(lines)), table, columns=COLUMNS[table].split())
        rows.clear()


def bare() -> Any:
    """A connection of the driver alone."""
    url = make_url(db.engine.url)
    if url.drivername.startswith("sqlite"):
        connection = sqlite3.connect(str(url.database))
        for pragma in ("cache_size=-32000", "mmap_size=268435456", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    return psycopg2.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def bare_sql(since: Sequence[date], basis: str) -> str:
    """The aged balance as one would type it: a grouped sum of integer cents."""
    dated, owed, value = ("due_on", "sign > 0", "open_value")
    source = "instalments WHERE open > 0"
    if basis == "issue":
        dated, owed = "issued_on", "kind IN ('invoice', 'deposit')"
        source = "invoices WHERE open > 0 AND voided_at IS NULL"
    stretches = [f"{dated} >= '{since[0]}'"]
    stretches += [f"{dated} >= '{low}' AND {dated} < '{high}'" for high, low in pairwise(since)]
    stretches.append(f"{dated} < '{since[-1]}'")
    sums = [f"SUM(CASE WHEN {owed} AND {each} THEN {value} ELSE 0 END)" for each in stretches]
    credit = f"SUM(CASE WHEN NOT ({owed}) THEN {value} ELSE 0 END)"
    return f"SELECT client_id, {', '.join(sums)}, {credit} FROM {source} GROUP BY client_id"  # nosec B608


def timed(act: Callable[[], object]) -> Callable[[], float]:
    def measured() -> float:
        start = time.perf_counter()
        act()
        return time.perf_counter() - start

    return measured


def measure(runs: int) -> dict[str, Any]:
    """Medians of seconds, and what was found, so that nobody compares two different things."""
    actor, day, found = system_actor(), today(), {}
    since = edges(day, BOUNDS)
    connection = bare()

    def asked(basis: str) -> None:
        cursor = connection.cursor()
        cursor.execute(bare_sql(since, basis))
        found[f"bare {basis}"] = sum(sum(map(int, row[1:7])) for row in cursor.fetchall())

    def ours(name: str, question: Question, limit: int | None = None) -> None:
        aged = read_aged(actor, Choice(question), limit=limit)
        body = orjson.dumps(aged_json(aged, "EUR", None), default=str)
        db.session.rollback()
        found[name], found["bytes"], found["lines"] = aged.total.gross, len(body), aged.count

    earlier = day - timedelta(days=60)
    contenders: dict[str, Callable[[], float]] = {
        "bare due": timed(lambda: asked("due")),
        "due": timed(lambda: ours("due", Question(day))),
        "bare issue": timed(lambda: asked("issue")),
        "issue": timed(lambda: ours("issue", Question(day, "issue"))),
        "page": timed(lambda: ours("page", Question(day), 50)),
        "past": timed(lambda: ours("past", Question(earlier))),
    }
    for act in contenders.values():
        act()  # warm, on both sides
    gc.collect()
    gc.freeze()  # as the process that serves does
    seconds = {name: median(each) for name, each in interleaved(contenders, runs).items()}
    if not found["bare due"] == found["due"] == found["page"] or found["bare issue"] != found["issue"]:
        raise SystemExit(f"the sums differ: {found}")
    return {"seconds": seconds, "lines": found["lines"], "bytes": found["bytes"]}


def main(clients: int, opened: int, settled: int, runs: int) -> dict[str, Any]:
    with unit_of_work():
        ensure_company()
    root = find_root_branch()
    assert root is not None
    branch = root.id
    db.session.rollback()
    start = time.perf_counter()
    load(rows_of(clients, opened, settled, branch, today()))
    return {"load": time.perf_counter() - start, **measure(runs)}


if __name__ == "__main__":
    from wsgi import app as application

    with application.app_context(), force_locale("fr"):
        print(json.dumps(main(*map(int, sys.argv[1:]))))
