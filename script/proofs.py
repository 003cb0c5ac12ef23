"""Runs the tests of promises at full size, one promise after the other, and writes docs/proofs.md.

docs/proofs.json keeps the last run of each promise: running some leaves the others as they were.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MOST_CASES = 6  # of one test, each on a line of its own
KEPT, PAGE = ROOT / "docs/proofs.json", ROOT / "docs/proofs.md"
PROMISES = {
    "R1": "`kill -9` of the server while ten clients send: nothing lost, nothing doubled",
    "R2": "clients cut off come back to identical lists, without gaps, within 2 s",
    "R3": "the outbox: acts written offline, the app killed, replays at once: each effect exactly once",
    "offline": "a round without a network from the start arrives once; the app opens at once",
    "R5": "the rights matrix: every person on every route and event",
    "R7": "sign-out, disabling, a lost role or client: no further event within 1 s, in every process",
    "R8": "10 000 random acts on the books: every figure equals its entries, and the past can be asked",
    "R9": "every change leaves an audit entry; one altered byte is found",
    "R10": "naughty strings through every field: no 5xx, no script run, no changed text",
    "R11": "schemathesis on the OpenAPI document as each role: no 5xx, no violation of the schema",
    "media": "5 photos through 200 kbit/s with three cuts: they resume, at most 10 % of bytes sent twice",
    "R15": "corrupt imports: row and column named, nothing partly committed, imported again no doubles",
    "R16": "a flood by one person: the others' 95th percentile grows by less than a fifth",
    "R17": "database, Redis or disk gone: said clearly, nothing corrupted, recovers",
    "R18": 'SQLite: a hundred writers, no "database is locked" shown to anyone',
    "R19": "backup under load, restore, chains verified",
    "R20": "every answer carries its headers",
    "R21": "passkeys and codes, compulsory by role",
    "several": "two processes behind nginx: members on both hear every message once; one is killed",
    "loop": "nothing stops the event loop for more than 50 ms",
    "threads": "1 000 threads with 1 000 000 messages: one opens in at most 8 queries, counters take one",
    "R23": "a push names no client and no amount",
}


def main(wanted: list[str]) -> int:
    """Prove what is wanted (all without arguments); the exit code says whether everything held."""
    unknown = set(wanted) - set(PROMISES)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PROMISES)}", file=sys.stderr)
        return 2
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name in wanted or PROMISES:
        print(f"== {name}: {PROMISES[name]}", flush=True)
        kept[name] = prove(name)
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        PAGE.write_text(render(kept))
    return int(any(not holds(kept[name]) for name in wanted or PROMISES))


def prove(name: str) -> dict[str, Any]:
    """Run the tests of one promise at full size; what they measured, where and when."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures"
        path.touch()
        environ = os.environ | {"ENCOURS_PROOF": "1", "ENCOURS_FIGURES": str(path), "CI": "true"}
        load = os.getloadavg()[0]
        command = [sys.executable, "-m", "pytest", "--promise", name, "-p", "no:randomly", "--timeout=0"]
        code = subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
        tests = [json.loads(line) for line in path.read_text().splitlines()]
    return {
        "code": code,
        "tests": tests,
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain") else ""),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load": round(load, 1),
    }


def holds(proof: dict[str, Any]) -> bool:
    """Whether there were tests and all of them passed."""
    return bool(proof["tests"]) and proof["code"] == 0


def render(kept: dict[str, Any]) -> str:
    """docs/proofs.md."""
    lines = [
        "# Proofs",
        "",
        "Written by `script/prove`. Each promise is held small by `script/test` and in full here; a figure",
        f"is what the test measured. Machine: {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}.",
        "A `+` after the commit says that the tree had changes of its own.",
        "",
    ]
    for name, title in PROMISES.items():
        if name in kept:
            lines += _section(name, title, kept[name])
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, title: str, proof: dict[str, Any]) -> list[str]:
    tests = proof["tests"]
    passed = sum(test["outcome"] == "passed" for test in tests)
    verdict = "held" if holds(proof) else "**not held**"
    lines = [
        f"## {name}: {title}",
        "",
        f"{verdict}: {passed} of {len(tests)} tests, {proof['date']}, commit {proof['commit']}, "
        f"load {proof['load']} at the start.",
        "",
    ]
    lines += ["| test | passed | figures | s |", "|---|---|---|---|"]
    for _name, cases in groupby(tests, key=lambda test: test["test"].split("[")[0]):
        group = list(cases)
        together = len(group) > MOST_CASES and all(test["outcome"] == "passed" for test in group)
        lines += [_row(group)] if together else [_row([test]) for test in group]
    return [*lines, ""]


def _row(group: list[dict[str, Any]]) -> str:
    """One line of the table; the cases of a test that only counted are added up."""
    figures, name = group[0]["figures"], group[0]["test"].rsplit("::", 1)[-1]
    if len(group) > 1:
        counts = [key for key, value in figures.items() if isinstance(value, int)]
        figures = {key: sum(test["figures"][key] for test in group) for key in counts}
        name = name.split("[")[0]
    passed = sum(test["outcome"] == "passed" for test in group)
    seconds = round(sum(test["seconds"] for test in group), 1)
    said = ", ".join(f"{key}: {value}" for key, value in figures.items())
    name = name.removeprefix("test_").replace("_", " ")
    return f"| {name} | {passed} of {len(group)} | {said} | {seconds} |"


def _git(*command: str) -> str:
    return subprocess.run(
        ["git", *command], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
