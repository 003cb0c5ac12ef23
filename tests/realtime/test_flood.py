"""One person who floods the server does not slow down the others (R16)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.proofs import FULL, Figures, size
from tests.realtime.conftest import Live
from tests.realtime.server import ROOT, Client, wait_for

pytestmark = [pytest.mark.server, pytest.mark.promise("R16")]
ROUNDS, SENDS = size(1, 7), size(20, 150)
MOST = 1.2


@contextmanager
def flood(live: Live, thread: str, watcher: Client) -> Iterator[None]:
    """Somebody who sends without end, whose first burst is over."""
    command = [sys.executable, "-m", "tests.realtime.flooding", live.url, live.people["ada"]["token"], thread]
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


def p95(client: Client, thread: str) -> float:
    """Seconds from a message to its acknowledgement, one after the other."""
    took = []
    for number in range(SENDS):
        start = time.perf_counter()
        assert client.send(thread, f"au calme {number}")["ok"]
        took.append(time.perf_counter() - start)
        time.sleep(size(0.02, 0.06))  # within what one person may send
    return statistics.quantiles(took, n=20)[-1]


def test_a_flood_by_one_person_slows_nobody_else_down(
    own_live: Live, client_of: Callable[..., Client], figures: Figures
) -> None:
    flooded, quiet = own_live.invoices[1], own_live.invoices[2]
    watcher, alice = client_of(own_live, "chloe"), client_of(own_live, "alice")
    watcher.join(flooded)
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(p95(alice, quiet))
        with flood(own_live, flooded, watcher):
            beside.append(p95(alice, quiet))
    ratio = statistics.median(beside) / statistics.median(alone)
    figures |= {
        "rounds": ROUNDS,
        "p95 alone, median ms": round(1000 * statistics.median(alone), 1),
        "p95 beside a flood, median ms": round(1000 * statistics.median(beside), 1),
        "ratio": round(ratio, 2),
    }
    assert ratio <= MOST or not FULL
