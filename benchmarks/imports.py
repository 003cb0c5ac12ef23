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
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psycopg2

from benchmarks.databases import POSTGRES, empty, postgres_answers, say, workplace
from benchmarks.figures import Report, Table, interleaved, median, ratio
from benchmarks.machine import ROOT

ABOUT = (
    "A file of invoices (a hundred rows a client, three in ten settled) goes into an empty company through "
    "the services that pages and commands use, in a process of its own: received, checked (every row "
    "judged and staged), then committed (clients, invoices, instalments, payments and all that follows from "
    "them), all or nothing. Starting that process and migrating are not counted. The reference puts the "
    "same rows, parsed already, into one table with two indexes in one transaction: `executemany` of "
    "sqlite3 (WAL, synchronous FULL), COPY on PostgreSQL. SQLite files stand in memory, if there is such a "
    "disk, on both sides. Medians of rounds that take turns. No bar."
)
RUNS, ROWS, SMALL_ROWS = 5, 50_000, 5_000
ROWS_PER_CLIENT, SETTLED = 100, 0.3
COLUMNS = ("ref", "client_ref", "client_name", "issued_on", "due_on", "gross", "settled_on")
HEAD = ("Facture", "Code client", "Nom du client", "Émise le", "Échéance", "Montant TTC", "Réglée le")
TABLE = f"CREATE TABLE bare ({', '.join(f'{name} TEXT' for name in COLUMNS)})"
INDEXES = ("CREATE UNIQUE INDEX by_ref ON bare (ref)", "CREATE INDEX by_client ON bare (client_ref, due_on)")
Row = tuple[str, ...]


def run(small: bool) -> Report:
    """Measure both ways in, on each database; the small run has fewer rows and SQLite alone."""
    rows = make_rows(SMALL_ROWS if small else ROWS)
    parts: dict[str, list[dict[str, float]]] = {}
    with workplace() as folder:
        path = folder / "invoices.csv"
        with path.open("w", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows([HEAD, *rows])
        contenders: dict[str, Callable[[], float]] = {
            "SQLite, `executemany`": partial(_executemany, folder, rows),
            "SQLite, Encours": partial(_ours, folder, "sqlite", path, parts),
        }
        if not small and postgres_answers():
            contenders["PostgreSQL, COPY"] = partial(_copy, rows)
            contenders["PostgreSQL, Encours"] = partial(_ours, folder, "postgresql", path, parts)
        found = interleaved(contenders, RUNS)
    report = Report("imports", ABOUT)
    report.tables.append(_table(len(rows), found, parts))
    return report


def make_rows(count: int) -> list[Row]:
    """The same rows each time, in the order of `COLUMNS`."""
    rng, first = random.Random(1), date(2025, 1, 1)
    rows: list[Row] = []
    for number in range(count):
        client = rng.randrange(max(count // ROWS_PER_CLIENT, 1))
        issued = first + timedelta(days=rng.randrange(300))
        due = issued + timedelta(days=30)
        settled = (due + timedelta(days=rng.randrange(20))).isoformat() if rng.random() < SETTLED else ""
        gross = f"{rng.randrange(100, 5_000_00) / 100:.2f}".replace(".", ",")
        dates = (issued.isoformat(), due.isoformat())
        rows.append((f"F{number:07d}", f"C{client:05d}", f"Client {client}", *dates, gross, settled))
    return rows


def _ours(folder: Path, engine: str, path: Path, parts: dict[str, list[dict[str, float]]]) -> float:
    """Seconds of the check and the commit, in a process and on a database of their own."""
    with empty(folder, engine, "imports") as database:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.importing", str(path)],
            cwd=ROOT,
            env=database.server().environ,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the import failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    parts.setdefault(engine, []).append(found)
    say(f"{engine}: check {found['check']:.1f} s, commit {found['commit']:.1f} s, {found['rows']} rows")
    return found["check"] + found["commit"]


def _executemany(folder: Path, rows: Sequence[Row]) -> float:
    path = folder / "bare.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE, *INDEXES):
            connection.execute(statement)
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        connection.execute("COMMIT")
        seconds = time.perf_counter() - start
    path.unlink()
    return seconds


def _copy(rows: Sequence[Row]) -> float:
    text = "".join("\t".join(row) + "\n" for row in rows)
    with closing(psycopg2.connect(POSTGRES)) as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS encours_bench_bare CASCADE")
        cursor.execute("CREATE SCHEMA encours_bench_bare")
        try:
            cursor.execute("SET LOCAL search_path TO encours_bench_bare")
            for statement in (TABLE, *INDEXES):
                cursor.execute(statement)
            connection.commit()
            cursor.execute("SET LOCAL search_path TO encours_bench_bare")
            start = time.perf_counter()
            cursor.copy_expert("COPY bare FROM STDIN", io.StringIO(text))
            connection.commit()
            return time.perf_counter() - start
        finally:
            connection.rollback()
            cursor.execute("DROP SCHEMA IF EXISTS encours_bench_bare CASCADE")
            connection.commit()


def _table(count: int, found: dict[str, list[float]], parts: dict[str, list[dict[str, float]]]) -> Table:
    table = Table(
        f"{count} rows, {RUNS} rounds", ["way in", "rows/s", "times the time", "check s", "commit s"]
    )
    names = list(found)
    for place, name in enumerate(names):
        reference = median(found[names[place - place % 2]])
        seconds = median(found[name])
        each = parts["postgresql" if name.startswith("PostgreSQL") else "sqlite"] if place % 2 else []
        detail = [
            f"{median([part[step] for part in each]):.1f}" if each else "-" for step in ("check", "commit")
        ]
        rate = f"{count / seconds:,.0f}".replace(",", " ")
        table.rows.append([name, rate, ratio(seconds, reference), *detail])
        say(f"{name}: {rate} rows/s, {table.rows[-1][2]}")
    return table
