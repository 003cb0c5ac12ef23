"""A CSV of invoices through the check and the commit, beside the database's own fastest way in."""

from __future__ import annotations

import csv
import io
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psycopg2
import uuid_utils

from benchmarks.databases import Database, empty, postgres_answers, say, workplace
from benchmarks.figures import Report, Table, interleaved, median
from benchmarks.importing import MEGABYTE
from benchmarks.machine import ROOT

ABOUT = (
    "A file of a million invoices (a hundred rows a client, three in ten settled) goes into an empty "
    "company through the services that pages and commands use, in a process of its own: received, "
    "checked (every row read, judged and staged), then committed (clients, invoices, instalments, "
    "payments, allocations, balances, lines of lists, alerts), all or nothing. Starting that process "
    "and migrating are not counted. The reference puts the same invoices, as they stand in the end and "
    "parsed already, into the very same table with all its indexes, constraints and clients, in one "
    "transaction: `executemany` of sqlite3 with our settings (WAL, synchronous FULL, foreign keys), "
    "COPY on PostgreSQL. Our way writes 1.6 times as many rows again into three other tables. SQLite "
    "files stand in memory, if there is such a disk, on both sides. Meanwhile another process asks the "
    "figures of a page every 50 ms, and writes once a second: the longest waits are shown. Bars: a "
    "quarter of the reference's rate (goal: half), 400 MB, and on SQLite no write kept waiting over 200 "
    "ms before the final commit."
)
RUNS, ROWS, SMALL_ROWS = 1, 1_000_000, 20_000
ROWS_PER_CLIENT, SETTLED = 100, 0.3
SHARE, MOST_MB, LONGEST_MS = 0.25, 400, 200.0
HEAD = ("Facture", "Code client", "Nom du client", "Émise le", "Échéance", "Montant TTC", "Réglée le")
STAMP = "2026-01-01 00:00:00.000000"
CLIENTS = (
    "id, ref, legal_name, country, language, branch_id, payment_days, end_of_month, sort_name, search_text, "
    "revision, created_at, updated_at"
)
INVOICES = (
    "id, ref, kind, client_id, issued_on, due_on, gross, open, currency, rate, gross_value, "
    "open_value, due_computed, paid_on, late_days, revision, recorded_at"
)
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"),
    *("cache_size=-32000", "mmap_size=268435456"),
)
Row = tuple[str, int, date, date, int, date | None]
Values = tuple[object, ...]


def run(small: bool) -> Report:
    """Measure both ways in, on each database; the small run has fewer rows and SQLite alone."""
    count = SMALL_ROWS if small else ROWS
    parts: dict[str, list[dict[str, float]]] = {}
    with workplace() as folder:
        path = folder / "invoices.csv"
        write_csv(path, count)
        contenders: dict[str, Callable[[], float]] = {}
        for engine in ("sqlite", *(["postgresql"] if not small and postgres_answers() else [])):
            contenders[f"{engine} reference"] = partial(_reference, folder, engine, count)
            contenders[f"{engine} Encours"] = partial(_ours, folder, engine, path, parts)
        found = interleaved(contenders, RUNS)
    report = Report("imports", ABOUT)
    report.tables.append(_table(count, found, parts, report.missed, bars=not small))
    return report


def make_rows(count: int) -> Iterator[Row]:
    """The same rows each time: ref, client, issued, due, cents, settled."""
    rng, first = random.Random(1), date(2025, 1, 1)
    for number in range(count):
        client = rng.randrange(max(count // ROWS_PER_CLIENT, 1))
        issued = first + timedelta(days=rng.randrange(300))
        due = issued + timedelta(days=30)
        settled = due + timedelta(days=rng.randrange(20)) if rng.random() < SETTLED else None
        yield f"F{number:07d}", client, issued, due, rng.randrange(100, 5_000_00), settled


def write_csv(path: Path, count: int) -> None:
    """The rows as a French accounting system writes them."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEAD)
        for ref, client, issued, due, cents, settled in make_rows(count):
            gross = f"{cents / 100:.2f}".replace(".", ",")
            writer.writerow((ref, f"C{client:05d}", f"Client {client}", issued, due, gross, settled or ""))


def _ours(folder: Path, engine: str, path: Path, parts: dict[str, list[dict[str, float]]]) -> float:
    """Seconds of the check and the commit, in a process and on a database of their own."""
    with empty(folder, engine, "imports") as database:
        environ = database.server().environ
        work = [sys.executable, "-m", "benchmarks.importing", str(path)]
        done = subprocess.run(work, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the import failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    parts.setdefault(engine, []).append(found)
    say(f"{engine}: {found}")
    return found["check"] + found["commit"]


def _reference(folder: Path, engine: str, count: int) -> float:
    """Seconds of the bare writing of the same invoices into the migrated table."""
    with empty(folder, engine, "reference") as database:
        branch = uuid_utils.uuid7().hex
        clients = [uuid_utils.uuid7().hex for _each in range(max(count // ROWS_PER_CLIENT, 1))]
        lines = [(id_, f"C{place}", "x", "FR", "fr", branch, 30, False, "x", "x", 1, STAMP, STAMP)
                 for place, id_ in enumerate(clients)]  # fmt: skip
        rows = [_values(row, clients) for row in make_rows(count)]
        write = _executemany if engine == "sqlite" else _copy
        seconds = write(database, branch, lines, rows)
    say(f"{engine} reference: {seconds:.1f} s")
    return seconds


def _values(row: Row, clients: Sequence[str]) -> Values:
    ref, client, issued, due, cents, settled = row
    left, late = (cents, None) if settled is None else (0, (settled - due).days)
    days = issued.isoformat(), due.isoformat()
    paid = settled.isoformat() if settled else None
    return (uuid_utils.uuid7().hex, ref, "invoice", clients[client], *days, cents, left, "EUR", 10**9, cents,
            left, False, paid, late, 1, STAMP)  # fmt: skip


def _executemany(database: Database, branch: str, clients: Sequence[Values], rows: Sequence[Values]) -> float:
    with closing(sqlite3.connect(database.folder / "encours.db", isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("INSERT INTO branches (id, name, path) VALUES (?, 'x', '/')", (branch,))
        connection.executemany(f"INSERT INTO clients ({CLIENTS}) VALUES ({_marks(clients)})", clients)
        statement = f"INSERT INTO invoices ({INVOICES}) VALUES ({_marks(rows)})"
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows)
        connection.execute("COMMIT")
        return time.perf_counter() - start


def _copy(database: Database, branch: str, clients: Sequence[Values], rows: Sequence[Values]) -> float:
    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO branches (id, name, path) VALUES (%s, 'x', '/')", (branch,))
        cursor.copy_expert(f"COPY clients ({CLIENTS}) FROM STDIN", _text(clients))
        connection.commit()
        text = _text(rows)
        start = time.perf_counter()
        cursor.copy_expert(f"COPY invoices ({INVOICES}) FROM STDIN", text)
        connection.commit()
        return time.perf_counter() - start


def _marks(rows: Sequence[Values]) -> str:
    return ", ".join("?" * len(rows[0]))


def _text(rows: Sequence[Values]) -> io.StringIO:
    return io.StringIO("".join("\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in rows))


def _table(
    count: int,
    found: dict[str, list[float]],
    parts: dict[str, list[dict[str, float]]],
    missed: list[str],
    *,
    bars: bool,
) -> Table:
    names = ["way in", "rows/s", "of the reference", "check s", "commit s", "peak MB", "longest read ms"]
    table = Table(f"{count} rows, {RUNS} round(s)", [*names, "longest write ms in the check"])
    for engine, each in parts.items():
        reference, seconds = median(found[f"{engine} reference"]), median(found[f"{engine} Encours"])
        said = {name: median([part[name] for part in each]) for name in each[0]}
        bare = "SQLite, `executemany`" if engine == "sqlite" else "PostgreSQL, COPY"
        share = reference / seconds
        table.rows.append([bare, f"{count / reference:,.0f}".replace(",", " "), "1.00", *["-"] * 5])
        table.rows.append([
            f"{bare.split(',')[0]}, Encours", f"{count / seconds:,.0f}".replace(",", " "), f"{share:.2f}",
            f"{said['check']:.1f}", f"{said['commit']:.1f}", f"{said['peak'] / MEGABYTE:.0f}",
            f"{said['read']:.0f}", f"{said['write']:.0f}",
        ])  # fmt: skip
        if bars:
            missed += [f"{engine}: {share:.2f} of the reference"] if share < SHARE else []
            missed += (
                [f"{engine}: {said['peak'] / MEGABYTE:.0f} MB"] if said["peak"] > MOST_MB * MEGABYTE else []
            )
            if engine == "sqlite" and said["write"] > LONGEST_MS:
                missed.append(f"sqlite: a write waited {said['write']:.0f} ms during the check")
    return table
