"""Notes each stretch in which one greenlet kept all the others waiting: where it had gone on, and where it
gave way (nowhere when it ended).

For proofs and for looking at a slow server (`ENCOURS_WATCHDOG=1`): it costs a little at each switch.
"""

from __future__ import annotations

import sys
import time
from types import FrameType
from typing import Any

import greenlet
import structlog

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 0.05
_FRAMES = 12


def install(hub: object) -> None:
    """Watch the loop of this thread from now on. `hub` is its own greenlet, which waits for events."""
    since: list[float] = [time.perf_counter(), time.thread_time()]
    resumed: list[str] = []

    def switched(event: str, greenlets: tuple[Any, Any]) -> None:
        instant, worked = time.perf_counter(), time.thread_time()
        wall, work = instant - since[0], worked - since[1]
        since[:] = instant, worked
        if wall > PATIENCE_SECONDS and greenlets[0] is not hub and event in ("switch", "throw"):
            log.warning(
                "blocked",
                ms=round(wall * 1000),
                work_ms=round(work * 1000),
                where=_where(greenlets[0].gr_frame),
                resumed=resumed[:],
            )
        resumed[:] = _where(sys._getframe())  # this runs in the one that goes on

    greenlet.settrace(switched)


def _where(frame: FrameType | None) -> list[str]:
    """The lines of ours that led to this frame, innermost first."""
    lines: list[str] = []
    while frame is not None and len(lines) < _FRAMES:
        name = frame.f_code.co_filename
        if "/webapp/" in name and not name.endswith("watchdog.py"):
            lines.append(f"{name.rsplit('/webapp/', 1)[1]}:{frame.f_lineno}")
        frame = frame.f_back
    return lines
