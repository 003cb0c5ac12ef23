"""From nothing to the first answer, and to the help of a command, beside bare Flask."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.databases import Database, empty, say, workplace
from benchmarks.figures import Report, Table, interleaved, median, milliseconds, ratio
from benchmarks.machine import ROOT

ABOUT = (
    "Milliseconds from starting a process to its first complete answer (`/readyz`, which asks the "
    "database), on a migrated empty SQLite database, worker apart; and to the end of a command. The "
    "references, in the same environment: an application of Flask with one route, and an import of Flask. "
    "Processes start one at a time and take turns; Python keeps its compiled files, as when a server "
    "starts again (a first round fills them and does not count). `script/server` runs "
    "`flask --app wsgi prepare` before the first line. No bar."
)
RUNS, SMALL_RUNS = 9, 5
RETRY_SECONDS, MOST_SECONDS = 0.002, 60.0


def run(small: bool) -> Report:
    """Measure both pairs; a run asks each of the four once."""
    with workplace() as folder, empty(folder, "sqlite", "start") as database:
        environ = _environ(database, folder)
        contenders = {
            "`python wsgi.py`": lambda: _first_answer(["wsgi.py"], environ),
            "bare Flask, one route": lambda: _first_answer(["-m", "benchmarks.rival.bare"], environ),
            "help of `users`, by `flask --app wsgi`": lambda: _command(
                ["-m", "flask", "--app", "wsgi", "users", "--help"], environ
            ),
            '`python -c "import flask"`': lambda: _command(["-c", "import flask"], environ),
        }
        interleaved(contenders, 1)
        found = interleaved(contenders, SMALL_RUNS if small else RUNS)
    report = Report("start", ABOUT)
    report.tables.append(_table(found))
    return report


def _environ(database: Database, folder: Path) -> dict[str, str]:
    environ = {**database.server().environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def _table(found: dict[str, list[float]]) -> Table:
    table = Table("From start to answer", ["what", "median ms", "fastest ms", "slowest ms", "ratio"])
    names = list(found)
    for name, reference in zip(names, (names[1], names[1], names[3], names[3]), strict=True):
        seconds = found[name]
        figures = [milliseconds(each) for each in (median(seconds), min(seconds), max(seconds))]
        table.rows.append([name, *figures, ratio(median(seconds), median(found[reference]))])
        say(f"{name}: {' '.join(table.rows[-1][1:])}")
    return table


def _first_answer(command: Sequence[str], environ: dict[str, str]) -> float:
    """Seconds until `/readyz` is answered in full."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(int(environ["PORT"])):
            if process.poll() is not None or time.perf_counter() - start > MOST_SECONDS:
                raise RuntimeError(f"{' '.join(command)} does not answer")
            time.sleep(RETRY_SECONDS)
        return time.perf_counter() - start
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _command(command: Sequence[str], environ: dict[str, str]) -> float:
    """Seconds until the command ended; raises when it failed."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, check=True, timeout=60
    )
    return time.perf_counter() - start
