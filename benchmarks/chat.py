"""Fifty people in one thread, every message stored and acknowledged, beside socket.io on Node."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from benchmarks import chatload, node
from benchmarks.chatload import Room
from benchmarks.databases import empty, postgres_answers, say
from benchmarks.figures import Report, Table, interleaved, median
from benchmarks.machine import ROOT
from tests.serving import START_SECONDS, free_port

ABOUT = (
    "Fifty people, each with a socket and a token of their own, in one thread; every message is stored "
    "before anybody hears of it, acknowledged to its author, and delivered to all fifty. The rival is "
    "socket.io on Node 24 storing each message in SQLite with the same journal (WAL, synchronous FULL, on "
    "the same disk) through `node:sqlite`, as better-sqlite3 needs a prebuilt download. It has no rights, "
    "rates, unread marks or notifications; the product minds them all at each message. Three more rivals: "
    "what arrived in one turn of the loop written together (group commit), PostgreSQL through `pg`, and "
    "nothing stored at all, which is no rival but shows what storing costs. A round: the load generator "
    "(C, outside the project) sends 20 messages a second, then keeps 32 under way, then one at a time; "
    "rounds take turns. It checks loss, doubles and one order for everybody, and stops at a refusal. "
    "Deliveries are timed from sending to each reader's socket; CPU is the server process's own. Medians "
    "over the rounds. Ratios are advantages: above 1 the product wins."
)
OURS, OURS_PG = "Encours, SQLite", "Encours, PostgreSQL"
RIVAL, GROUPED = "Node, SQLite", "Node, SQLite, grouped"
RIVAL_PG, BARE = "Node, PostgreSQL", "Node, nothing stored"
STORES = {RIVAL: "sqlite", GROUPED: "group", RIVAL_PG: "pg", BARE: "none"}
PHASES = ("fixed", "sat", "alone")
MEMBERS, RATE = 50, 20
ROUNDS, SECONDS, SMALL_SECONDS = 5, 4.0, 1.0
FOLDER = ROOT / "benchmarks" / "rival"
FIGURES: Mapping[str, Callable[[dict[str, Any]], float]] = {
    "deliveries/s saturated": lambda found: found["sat"]["dps"],
    f"p50 ms at {RATE}/s": lambda found: found["fixed"]["p50"],
    f"p99 ms at {RATE}/s": lambda found: found["fixed"]["p99"],
    "CPU ms per 1 000, saturated": lambda found: found["sat"]["srv_cpu_ms_per_1000"],
    f"CPU ms per 1 000, at {RATE}/s": lambda found: found["fixed"]["srv_cpu_ms_per_1000"],
    "deliveries/s, one message at a time": lambda found: found["alone"]["dps"],
}
SATURATED, P50, P99, CPU, _, ALONE = FIGURES


@dataclass(frozen=True)
class Duel:
    """A ratio that must be reached: ours over theirs, or theirs over ours where less is better."""

    figure: str
    ours: str
    theirs: str
    must: float
    goal: float
    less: bool = False


DUELS = (
    Duel(SATURATED, OURS, RIVAL, 1.5, 3.0),
    Duel(SATURATED, OURS, GROUPED, 1.0, 1.8),
    Duel(CPU, OURS, RIVAL, 1.5, 3.0, less=True),
    Duel(P50, OURS, RIVAL, 0.6, 1.0, less=True),
    Duel(P99, OURS, RIVAL, 1.0, 1.5, less=True),
    Duel(SATURATED, OURS_PG, RIVAL_PG, 1.5, 3.0),
    Duel(ALONE, OURS, RIVAL, 0.6, 0.85),
)


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
        rooms = {OURS: stack.enter_context(product(folder, "sqlite"))}
        if not small and postgres_answers():
            rooms[OURS_PG] = stack.enter_context(product(folder, "postgresql"))
        rooms |= _rivals(stack, folder, rooms[OURS], OURS_PG in rooms)
        found = _rounds(program, rooms, SMALL_SECONDS if small else SECONDS)
    report.tables += [_duels(found, [] if small else report.missed), _table(found)]
    report.tables.append(_safety(found, report.missed))
    return report


def _rivals(stack: ExitStack, folder: Path, room: Room, postgres: bool) -> dict[str, Room]:
    """Each on a port of its own; none when npm or Node are missing."""
    try:
        place = folder / "rival"
        program = node.install(FOLDER, place, "require('node:sqlite')")
        homes = {store: str(place / f"{store}.db") for store in STORES.values()}
        if postgres:
            url = make_url(stack.enter_context(empty(folder, "postgresql", "rival")).url)
            homes["pg"] = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return {
            name: stack.enter_context(rival(place, program, store, homes[store], room))
            for name, store in STORES.items()
            if store != "pg" or postgres
        }
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"no rival: {error} (npm and Node are needed); ratios are left out")
        return {}


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


def _duels(found: Mapping[str, list[dict[str, Any]]], missed: list[str]) -> Table:
    """Each ratio that must be reached, and whether it was."""
    table = Table(
        f"Advantage, {MEMBERS} people, {ROUNDS} rounds", ("figure", "against", "must", "goal", "reached")
    )
    for duel in DUELS:
        if duel.ours not in found or duel.theirs not in found:
            continue
        mine, theirs = (_median(found[who], duel.figure) for who in (duel.ours, duel.theirs))
        reached = theirs / mine if duel.less else mine / theirs
        against = f"{duel.theirs}" + (f" ({duel.ours})" if duel.ours != OURS else "")
        table.rows.append((duel.figure, against, f"{duel.must:g}", f"{duel.goal:g}", f"{reached:.2f}"))
        if reached < duel.must:
            missed.append(f"{duel.figure}, against {against}: {reached:.2f} where {duel.must:g} is asked")
    return table


def _table(found: Mapping[str, list[dict[str, Any]]]) -> Table:
    table = Table(f"Figures, {MEMBERS} people, {ROUNDS} rounds", ["figure", *found])
    for name in FIGURES:
        medians = (_median(rounds, name) for rounds in found.values())
        table.rows.append([name, *(f"{value:,.1f}".replace(",", " ") for value in medians)])
    busiest = max(each["sat"]["gen_core"] for rounds in found.values() for each in rounds)
    table.note = f"The generator took at most {busiest:.2f} of a core."
    return table


def _median(rounds: list[dict[str, Any]], figure: str) -> float:
    return median([FIGURES[figure](each) for each in rounds])


def _safety(found: Mapping[str, list[dict[str, Any]]], missed: list[str]) -> Table:
    columns = ["what the generator counted, all rounds", *found]
    table = Table("Nothing lost, doubled or out of order", columns)
    phases = {who: [each[phase] for each in rounds for phase in PHASES] for who, rounds in found.items()}
    for name in ("expected", "delivered", "dup"):
        table.rows.append([name, *(str(sum(each[name] for each in all_)) for all_ in phases.values())])
    ordered = (f"{sum(each['same_order'] for each in all_)} of {len(all_)}" for all_ in phases.values())
    table.rows.append(["phases in one order for all", *ordered])
    for who, rounds in found.items():
        missed += [f"chat, {who}: {fault}" for each in rounds for fault in chatload.faults(each)]
    return table


@contextmanager
def product(
    folder: Path, engine: str, program: tuple[str, ...] = ("wsgi.py",), **environ: str
) -> Iterator[Room]:
    """`python wsgi.py` on an empty company where fifty people may read one thread."""
    with empty(folder, engine, "chat") as database:
        server = database.server(**environ)
        server.program = program
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
def rival(place: Path, program: str, store: str, database: str, room: Room) -> Iterator[Room]:
    """The same thread and people on socket.io, stored as `store` says in `database`."""
    port = free_port()
    environ = {"PORT": str(port), "STORE": store, "DATABASE": database}
    with served([program, "server.mjs"], port, room, cwd=place, **environ) as found:
        yield found


@contextmanager
def served(command: list[str], port: int, room: Room, *, cwd: Path, **environ: str) -> Iterator[Room]:
    """A rival of the room on this port, until the block ends."""
    every = {**os.environ, **environ}
    process = subprocess.Popen(command, cwd=cwd, env=every, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield Room(port, process.pid, room.thread, room.tokens)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise OSError("the rival does not answer")
