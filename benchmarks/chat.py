"""Fifty people in one thread, every message stored and acknowledged, beside socket.io on Node."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import chatload
from benchmarks.chatload import Room
from benchmarks.databases import empty, postgres_answers, say
from benchmarks.figures import Report, Table, interleaved, median, ratio
from benchmarks.machine import ROOT
from tests.serving import START_SECONDS, free_port

ABOUT = (
    "Fifty people, each with a socket and a token of their own, in one thread; every message is stored "
    "before anybody hears of it, acknowledged to its author, and delivered to all fifty. The rival is "
    "socket.io on Node 24 storing each message in SQLite with the same journal (WAL, synchronous FULL, on "
    "the same disk) through `node:sqlite`, as better-sqlite3 needs a prebuilt download. It has no rights, "
    "rates, unread marks or notifications; the product minds them all at each message. A round: the load "
    "generator (C, outside the project) sends 20 messages a second, then keeps 32 under way; rounds take "
    "turns. It checks loss, doubles and one order for everybody, and stops at a refusal. Deliveries are "
    "timed from sending to each reader's socket; CPU is the server process's own. Medians over the rounds; "
    "ratios are taken to the rival's, below 1 is less. No bar."
)
RIVAL, MEMBERS, RATE = "socket.io on Node, SQLite", 50, 20
ROUNDS, SECONDS, SMALL_SECONDS = 5, 4.0, 1.0
FOLDER = ROOT / "benchmarks" / "rival"
NODE = "node@24.9.0"
FIGURES: Mapping[str, Callable[[dict[str, Any]], float]] = {
    "deliveries/s saturated": lambda found: found["sat"]["dps"],
    f"p50 ms at {RATE}/s": lambda found: found["fixed"]["p50"],
    f"p99 ms at {RATE}/s": lambda found: found["fixed"]["p99"],
    "CPU ms per 1 000, saturated": lambda found: found["sat"]["srv_cpu_ms_per_1000"],
    f"CPU ms per 1 000, at {RATE}/s": lambda found: found["fixed"]["srv_cpu_ms_per_1000"],
}


def run(small: bool) -> Report:
    """Measure the product on each database that answers (SQLite when small), and the rival."""
    report = Report("chat", ABOUT)
    with ExitStack() as stack:
        # On the disk, not in memory: waiting for it is part of storing.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="encours-bench-")))
        try:
            program = chatload.build(folder)
        except chatload.Missing as missing:
            report.missed.append(f"nothing measured: {missing}")
            return report
        rooms = {"Encours, SQLite": stack.enter_context(product(folder, "sqlite"))}
        if not small and postgres_answers():
            rooms["Encours, PostgreSQL"] = stack.enter_context(product(folder, "postgresql"))
        found = _rounds(program, _with_rival(stack, folder, rooms), SMALL_SECONDS if small else SECONDS)
    report.tables += [_table(found), _safety(found, report.missed)]
    return report


def _with_rival(stack: ExitStack, folder: Path, rooms: dict[str, Room]) -> dict[str, Room]:
    some = next(iter(rooms.values()))
    try:
        return {RIVAL: stack.enter_context(rival(folder, some)), **rooms}
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"no rival: {error} (npm and Node are needed); ratios are left out")
        return rooms


def _rounds(program: Path, rooms: Mapping[str, Room], seconds: float) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in rooms}

    def ask(name: str) -> float:
        number = len(found[name])
        each = chatload.measure(program, rooms[name], rate=RATE, seconds=seconds, number=number)
        found[name].append(each)
        say(f"{name}, round {number + 1}: {' '.join(f'{read(each):g}' for read in FIGURES.values())}")
        return float(each["sat"]["dps"])

    interleaved({name: partial(ask, name) for name in rooms}, ROUNDS)
    return found


def _table(found: Mapping[str, list[dict[str, Any]]]) -> Table:
    table = Table(f"{MEMBERS} people, {ROUNDS} rounds", ["figure", *found])
    rival_there = RIVAL in found
    for name, read in FIGURES.items():
        medians = {who: median([read(each) for each in rounds]) for who, rounds in found.items()}
        cells = [f"{value:,.1f}".replace(",", " ") for value in medians.values()]
        if rival_there:
            ratios = [ratio(value, medians[RIVAL]) for value in medians.values()]
            cells = [f"{cell} ({times})" for cell, times in zip(cells, ratios, strict=True)]
        table.rows.append([name, *cells])
    busiest = max(each["sat"]["gen_core"] for rounds in found.values() for each in rounds)
    table.note = f"In brackets the ratio to the rival. The generator took at most {busiest:.2f} of a core."
    return table


def _safety(found: Mapping[str, list[dict[str, Any]]], missed: list[str]) -> Table:
    columns = ["what the generator counted, all rounds", *found]
    table = Table("Nothing lost, doubled or out of order", columns)
    phases = {
        who: [each[phase] for each in rounds for phase in ("fixed", "sat")] for who, rounds in found.items()
    }
    for name in ("expected", "delivered", "dup"):
        table.rows.append([name, *(str(sum(each[name] for each in all_)) for all_ in phases.values())])
    ordered = (f"{sum(each['same_order'] for each in all_)} of {len(all_)}" for all_ in phases.values())
    table.rows.append(["phases in one order for all", *ordered])
    for who, rounds in found.items():
        missed += [f"chat, {who}: {fault}" for each in rounds for fault in chatload.faults(each)]
    return table


@contextmanager
def product(folder: Path, engine: str) -> Iterator[Room]:
    """`python wsgi.py` on an empty company where fifty people may read one thread."""
    with empty(folder, engine, "chat") as database:
        server = database.server()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.members", str(MEMBERS)],
            cwd=ROOT,
            env=server.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        made = json.loads(done.stdout.splitlines()[-1])
        server.start()
        try:
            assert server.process is not None
            yield Room(server.port, server.process.pid, made["thread"], made["tokens"])
        finally:
            server.stop()


@contextmanager
def rival(folder: Path, room: Room) -> Iterator[Room]:
    """The same thread and people on socket.io; its packages are installed into `folder` and go with it."""
    place = folder / "rival"
    shutil.copytree(FOLDER, place, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    node = _install(place)
    port = free_port()
    environ = {**os.environ, "PORT": str(port), "DATABASE": str(place / "rival.db")}
    process = subprocess.Popen([node, "server.mjs"], cwd=place, env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Room(port, process.pid, room.thread, room.tokens)
    finally:
        process.terminate()
        process.wait()


def _install(place: Path) -> str:
    """Install the rival's packages, and Node 24 too when the one at hand cannot speak SQLite."""
    own = subprocess.run(["node", "-e", "require('node:sqlite')"], capture_output=True, check=False)
    packages = [] if own.returncode == 0 else [NODE]
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages]
    subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL, check=True)
    return str(place / "node_modules" / ".bin" / "node") if packages else "node"


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise OSError("the rival does not answer")
