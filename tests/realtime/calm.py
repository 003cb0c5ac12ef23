"""What people notice of a flood: their own acknowledgements, alone and beside it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.proofs import FULL, Figures, size
from tests.realtime.server import ROOT, Client, wait_for

ROUNDS, SENDS = size(1, 7), size(20, 150)
MOST = 1.2  # QUALITY R16: the others' 95th percentile grows by less than a fifth


def measure(
    others: Sequence[Client], quiet: str, watcher: Client, flooded: str, token: str, figures: Figures
) -> None:
    """The others' p95 alone and while the person of `token` floods, in turns; beyond `MOST` it fails at full
    size. `watcher` has joined the flooded thread; each of `others` sends in the quiet one.
    """
    alone: list[list[float]] = [[] for _ in others]
    beside: list[list[float]] = [[] for _ in others]
    for _ in range(ROUNDS):
        for place, client in enumerate(others):
            alone[place].append(_p95(client, quiet))
        with _flood(watcher, token, flooded):
            for place, client in enumerate(others):
                beside[place].append(_p95(client, quiet))
    for place in range(len(others)):
        name = f" of {place + 1}" if len(others) > 1 else ""
        before, after = statistics.median(alone[place]), statistics.median(beside[place])
        figures |= {
            "rounds": ROUNDS,
            f"p95 alone, median ms{name}": round(1000 * before, 1),
            f"p95 beside a flood, median ms{name}": round(1000 * after, 1),
            f"ratio{name}": round(after / before, 2),
        }
        assert after / before <= MOST or not FULL


@contextmanager
def _flood(watcher: Client, token: str, thread: str) -> Iterator[None]:
    """Somebody who sends without end, whose first burst is over."""
    command = [sys.executable, "-m", "tests.realtime.flooding", watcher.url, token, thread]
    heard = len(watcher.heard)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: len(watcher.heard) > heard, 30, "the flood")
        wait_for(lambda: _settled(watcher), 60, "the end of the burst")
        yield
    finally:
        process.kill()
        process.wait()


def _settled(watcher: Client) -> bool:
    before = len(watcher.heard)
    time.sleep(0.5)
    return len(watcher.heard) - before < 30


def _p95(client: Client, thread: str) -> float:
    """Seconds from a message to its acknowledgement, one after the other."""
    took = []
    for number in range(SENDS):
        start = time.perf_counter()
        assert client.send(thread, f"au calme {number}")["ok"]
        took.append(time.perf_counter() - start)
        time.sleep(size(0.02, 0.06))  # within what one person may send
    return statistics.quantiles(took, n=20)[-1]
