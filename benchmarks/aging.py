"""The aged balance of a large company, beside the bare SQL that adds up the same cents."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.databases import empty, postgres_answers, say, workplace
from benchmarks.figures import Report, Table, milliseconds, ratio
from benchmarks.machine import ROOT

ABOUT = (
    "The aged balance of every client, as `/api/v1/kpis/aging` would answer it (six buckets, credits, "
    "unapplied cash, totals, shares, names, sorted, written as JSON), beside one grouped sum of integer "
    "cents over the same open items, asked of the driver alone and fetched. Both in one process, in turns. "
    "The bar: at most twice the bare sum. `a past day` replays the entries of the whole ledger as it stood "
    "sixty days ago; `a page` is what one screen shows, totals of everyone included."
)
FULL, SMALL, RUNS, MOST = (20_000, 1_000_000, 400_000), (400, 20_000, 8_000), 5, 2.0
ROWS = (
    ("by due date", "due", "bare due"),
    ("by issue date", "issue", "bare issue"),
    ("by due date, a page of 50", "page", "bare due"),
    ("by due date, a past day", "past", "bare due"),
)


def run(small: bool) -> Report:
    """Measure on each database that answers."""
    report = Report("aging", ABOUT)
    engines = ["sqlite", *(["postgresql"] if postgres_answers() else [])]
    with workplace() as folder:
        for engine in engines:
            with empty(folder, engine, "aging") as database:
                found = _measure(database.server().environ, SMALL if small else FULL)
            report.tables.append(_table(engine, found, SMALL if small else FULL))
            for name, ours, bare in ROWS[:2]:
                times = found["seconds"][ours] / found["seconds"][bare]
                if times > MOST and not small:
                    report.missed.append(f"{engine}, {name}: {times:.2f} times the bare sum")
    return report


def _measure(environ: dict[str, str], size: tuple[int, int, int]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.aged", *map(str, size), str(RUNS)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"benchmarks.aged failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    say(f"loaded in {found['load']:.0f} s, {found['lines']} lines, {found['bytes']} bytes of JSON")
    return found


def _table(engine: str, found: dict[str, Any], size: tuple[int, int, int]) -> Table:
    clients, opened, settled = size
    title = f"{engine}: {opened} open items and {settled} settled ones of {clients} clients"
    table = Table(title, ("aged balance", "ms", "bare SQL ms", "ratio"))
    for name, ours, bare in ROWS:
        mine, theirs = found["seconds"][ours], found["seconds"][bare]
        table.rows.append((name, milliseconds(mine), milliseconds(theirs), ratio(mine, theirs)))
    return table
