"""Where and when a bench ran: without it a figure means nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def commit() -> str:
    """The commit measured, with a mark when files differ from it."""
    found = _git("rev-parse", "--short", "HEAD") or "unknown"
    return found + (" and uncommitted changes" if _git("status", "--porcelain", "--", "webapp") else "")


def _git(*command: str) -> str:
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def describe() -> str:
    """Processor, cores, memory, system."""
    facts = _fields("/proc/cpuinfo")
    memory = int(_fields("/proc/meminfo").get("MemTotal", "0 kB").split()[0]) / 1024**2
    model = facts.get("model name") or platform.processor() or platform.machine()
    system = f"{platform.system()} {platform.release()}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}"


def _fields(path: str) -> dict[str, str]:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _colon, value in pairs if value}


def load() -> str:
    """Load averages of one, five and fifteen minutes."""
    return " ".join(f"{each:.2f}" for each in os.getloadavg())


def moment() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
