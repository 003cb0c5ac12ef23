"""Pages and answers people wait for, at 12 000 and at 1 000 000 invoices, from a served process."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from benchmarks.databases import Database, Size, loaded_pairs, say
from benchmarks.figures import Report, Table, median, milliseconds, percentile, ratio
from benchmarks.machine import ROOT

ABOUT = (
    "Each page is asked of `python wsgi.py` by somebody signed in (the credit manager, who sees every "
    "client, where nobody else is named), over one connection; requests to the small and the large company "
    "take turns. p50 and p95 are medians over the runs of each run's own. The bar: p95 at most 1.5 times "
    "that of the small company, and at most 12 queries."
)
NO_BAR = "Rows with a star have no bar: the small company has less to show there than fits on the page."
MOST_RATIO, MOST_QUERIES = 1.5, 12
FULL = (Size("12k", 400, 12_000), Size("1m", 20_000, 1_000_000), 7, 30)
SMALL = (Size("1k", 40, 1_000), Size("10k", 400, 10_000), 5, 5)
UNEQUAL = ("client list, search for a town", "client list, of a representative")


@dataclass
class Target:
    """A served database and what is asked of it."""

    database: Database
    pages: dict[str, dict[str, Any]]
    paths: Mapping[str, Iterator[str]]
    connection: http.client.HTTPConnection

    def ask(self, name: str) -> float:
        """Seconds until the whole answer is here."""
        path = next(self.paths[name])
        start = time.perf_counter()
        self.connection.request("GET", path, headers={"Cookie": self.pages[name]["cookie"]})
        answer = self.connection.getresponse()
        answer.read()
        seconds = time.perf_counter() - start
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status} on {self.database.name}")
        return seconds


def run(small: bool) -> Report:
    """Measure every page on every database."""
    few, many, runs, requests = SMALL if small else FULL
    report = Report("pages", ABOUT)
    with loaded_pairs(few, many) as databases, served(databases) as targets:
        for engine in dict.fromkeys(database.engine for database in databases):
            pair = [target for target in targets if target.database.engine == engine]
            report.tables.append(_compare(pair[0], pair[1], runs, requests, report.missed))
    return report


@contextmanager
def served(databases: Sequence[Database]) -> Iterator[list[Target]]:
    """A server with a signed-in session on each database."""
    with ExitStack() as stack:
        targets = []
        for database in databases:
            server = database.server()
            found = _probe(server.environ)
            server.start()
            stack.callback(server.stop)
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            stack.callback(connection.close)
            paths = {name: cycle(page["paths"]) for name, page in found.items()}
            targets.append(Target(database, found, paths, connection))
        yield targets


def _probe(environ: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.probe"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"benchmarks.probe failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _compare(few: Target, many: Target, runs: int, requests: int, missed: list[str]) -> Table:
    engine, names = few.database.engine, (few.database.size.name, many.database.size.name)
    columns = [f"{figure} ms {name}" for figure in ("p50", "p95") for name in names]
    table = Table(f"{engine}", ["page", *columns, "p95 ratio", "queries"], note=NO_BAR)
    for page in few.pages:
        if page not in many.pages:
            continue
        samples = _measure((few, many), page, runs, requests)
        p50 = [median([percentile(each, 0.5) for each in found]) for found in samples]
        p95 = [median([percentile(each, 0.95) for each in found]) for found in samples]
        queries = max(target.pages[page]["queries"] for target in (few, many))
        figures = [milliseconds(each) for each in (*p50, *p95)]
        star = " *" if page in UNEQUAL else ""
        table.rows.append([page + star, *figures, ratio(p95[1], p95[0]), str(queries)])
        say(f"{engine}, {page}: {' '.join(figures)} ms, {table.rows[-1][-2]}, {queries} queries")
        if not star and (p95[1] > MOST_RATIO * p95[0] or queries > MOST_QUERIES):
            missed.append(f"{engine}, {page}: p95 ratio {table.rows[-1][-2]}, {queries} queries")
    return table


def _measure(targets: Sequence[Target], page: str, runs: int, requests: int) -> list[list[list[float]]]:
    """Samples by target and run; the first requests warm up and do not count."""
    for target in targets:
        target.ask(page)
        target.ask(page)
    found: list[list[list[float]]] = [[[] for _ in range(runs)] for _ in targets]
    for run_number in range(runs):
        for number in range(requests):
            order = range(len(targets)) if number % 2 else reversed(range(len(targets)))
            for place in order:
                found[place][run_number].append(targets[place].ask(page))
    return found
