"""From the commit that crosses a limit to the frame on fifty sockets, beside a bare commit and fan-out."""

from __future__ import annotations

import json
import select
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import websocket

from benchmarks.chat import MEMBERS, product, served
from benchmarks.chatload import Room
from benchmarks.databases import postgres_answers, say
from benchmarks.figures import Report, Table, interleaved, median, milliseconds, percentile, ratio
from benchmarks.machine import ROOT
from tests.serving import free_port
from webapp.core.clock import today

ABOUT = (
    "Fifty people connected, each with a socket and a token of their own, all entitled to the client. An "
    "invoice put through the API crosses its client’s limit; timed from the instant before the commit to "
    "the frame `alert.raised` on the last of the fifty sockets. The reference, in the same run: one row "
    "committed to SQLite with the same journal (WAL, synchronous FULL), on the same disk, then the same "
    "fan-out by the same library on the same engine, with nothing else: no rights, no ledger, no limit. Both "
    "take turns. At most three times the reference is asked. The second table counts from the instant the "
    "alert bears: fifty people are noted down to be rung before that commit."
)
BARE, OURS, OURS_PG = "bare commit and fan-out", "Encours, SQLite", "Encours, PostgreSQL"
ROUNDS, SMALL_ROUNDS, MOST = 40, 8, 3.0
PATIENCE = 20.0


class Crowd:
    """Fifty sockets heard by one thread, so that hearing costs next to nothing."""

    def __init__(self, room: Room) -> None:
        address = f"ws://127.0.0.1:{room.port}/socket.io/?EIO=4&transport=websocket"
        self._sockets = []
        for token in room.tokens:
            # Unchecked: its checking of each byte in Python would be most of what is measured.
            line = websocket.create_connection(address, timeout=PATIENCE, skip_utf8_validation=True)
            line.recv()  # the engine's greeting
            line.send("40" + json.dumps({"token": token}))
            while not line.recv().startswith("40"):
                pass
            self._sockets.append(line)

    def say(self, text: str) -> None:
        self._sockets[0].send(text)

    def hear(self, event: str) -> tuple[float, Any]:
        """When the last of all heard this event, and what it said."""
        start, missing, payload = f'42["{event}",', set(self._sockets), None
        deadline = time.monotonic() + PATIENCE
        while missing:
            # Who has heard it is not read on: what follows would be counted as part of it.
            ready, _, _ = select.select(list(missing), [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise TimeoutError(f"{len(missing)} of {len(self._sockets)} never heard {event}")
            for line in ready:
                text = line.recv()
                if text == "2":
                    line.send("3")
                elif text.startswith(start):
                    missing.discard(line)
                    payload = payload or text
        heard = time.time()
        return heard, json.loads(str(payload)[2:])[1]

    def close(self) -> None:
        for line in self._sockets:
            line.close()


class Breaches:
    """Each round a client of its own crosses its limit."""

    def __init__(self, room: Room, commits: Path) -> None:
        self.room, self._crowd, self._number, self._commits = room, Crowd(room), 0, commits
        self.from_raised: list[float] = []

    def __call__(self) -> float:
        self._number += 1
        ref = f"B-{self._number}"
        self._put("PUT", f"/clients/by-ref/{ref}", {"legal_name": f"Client {ref}"})
        self._put("POST", "/limits", {"client_ref": ref, "amount": {"amount": 100_000, "currency": "EUR"}})
        day = today().isoformat()
        gross = {"amount": 200_000, "currency": "EUR"}
        invoice = {"client_ref": ref, "issued_on": day, "due_on": day, "gross": gross}
        # Beside the hearing: frames come before the answer does.
        asking = Thread(target=self._put, args=("PUT", f"/invoices/by-ref/F-{ref}", invoice))
        asking.start()
        heard, said = self._crowd.hear("alert.raised")
        asking.join()
        raised = datetime.fromisoformat(said["alert"]["raised_at"]).timestamp()
        self.from_raised.append(heard - raised)
        return heard - next(at for at in map(float, self._commits.read_text().split()) if at >= raised)

    def _put(self, method: str, path: str, body: object) -> None:
        headers = {"Authorization": f"Bearer {self.room.tokens[0]}", "Content-Type": "application/json"}
        address = f"http://127.0.0.1:{self.room.port}/api/v1{path}"
        urlopen(Request(address, json.dumps(body).encode(), headers, method=method), timeout=PATIENCE).read()


def run(small: bool) -> Report:
    """Measure on each database that answers (SQLite when small)."""
    report = Report("breach", ABOUT)
    rounds = SMALL_ROUNDS if small else ROUNDS
    with ExitStack() as stack:
        # On the disk, not in memory: waiting for it is part of storing.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="encours-bench-")))
        contenders = {OURS: _breaches(stack, folder, "sqlite")}
        if not small and postgres_answers():
            contenders[OURS_PG] = _breaches(stack, folder, "postgresql")
        port = free_port()
        command = [sys.executable, "-m", "benchmarks.bare", str(port), str(folder / "bare.db")]
        bare = Crowd(stack.enter_context(served(command, port, contenders[OURS].room, cwd=ROOT)))
        found = interleaved({BARE: partial(_bare, bare), **contenders}, rounds)
    table = Table(
        f"Milliseconds to the last of {MEMBERS} sockets, {rounds} rounds", ("", "median", "p95", "ratio")
    )
    for name, samples in found.items():
        times = median(samples) / median(found[BARE])
        spread = milliseconds(percentile(samples, 0.95))
        table.rows.append((name, milliseconds(median(samples)), spread, ratio(times, 1.0)))
        if times > MOST:
            report.missed.append(f"breach, {name}: {times:.2f} times the bare commit, {MOST:g} asked")
        say(f"{name}: {milliseconds(median(samples))} ms, {times:.2f}")
    raised = Table("From the instant the alert bears", ("", "median ms"))
    for name, each in contenders.items():
        raised.rows.append((name, milliseconds(median(each.from_raised))))
    report.tables += [table, raised]
    return report


def _breaches(stack: ExitStack, folder: Path, engine: str) -> Breaches:
    commits = folder / f"commits-{engine}"
    clocked = product(folder, engine, ("-m", "benchmarks.clocked"), COMMITS=str(commits))
    return Breaches(stack.enter_context(clocked), commits)


def _bare(crowd: Crowd) -> float:
    crowd.say('42["go"]')
    heard, said = crowd.hear("frame")
    return heard - float(said["at"])
