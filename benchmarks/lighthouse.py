"""Lighthouse on the pages people open first, as it sees a mid phone on slow 4G."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks import node
from benchmarks.databases import Size, loaded, say, workplace
from benchmarks.figures import Report, Table, median
from benchmarks.machine import ROOT
from benchmarks.pages import served
from tests.browsing import CHROMIUM

ABOUT = (
    "Lighthouse 13 with its own settings for a phone (slow 4G and a processor four times slower, both "
    "simulated), on `python wsgi.py` without a proxy before it. Each run starts with an empty browser, "
    "signed in as the credit manager, who sees most; medians of the runs. Private pages are not for search "
    "engines, so that category is left out. Bars: 95 in each category, LCP 2.0 s, CLS 0.05, no request to "
    "anybody else."
)
SCORES = ("performance", "accessibility", "best-practices")
BAR, LCP_MS, CLS = 95, 2_000, 0.05
RUNS, SMALL_RUNS = 5, 1
COMPANY = Size("12k", 400, 12_000)
SMALL_COMPANY = Size("1k", 40, 1_000)
PAGES = {
    "home": "home",
    "client sheet": "client sheet",
    "invoice thread": "invoice page, in conversation",
}
NEEDS = "process.exit(process.versions.node.split('.')[0] >= 23 ? 0 : 1)"


def run(small: bool) -> Report:
    """Audit each page; nothing is measured without npm, Node or Chromium."""
    report = Report("lighthouse", ABOUT)
    with workplace() as folder, loaded(folder, "sqlite", SMALL_COMPANY if small else COMPANY) as database:
        try:
            program = node.install(ROOT / "benchmarks" / "browser", folder / "browser", NEEDS)
        except (OSError, subprocess.CalledProcessError) as error:
            report.missed.append(f"nothing measured: {error} (npm and Node are needed)")
            return report
        with served([database]) as (target,):
            urls = {
                name: f"http://127.0.0.1:{target.connection.port}{target.pages[page]['paths'][0]}"
                for name, page in PAGES.items()
            }
            cookie = target.pages["home"]["cookie"]
            found = _audit(program, folder / "browser", urls, cookie, SMALL_RUNS if small else RUNS)
    report.tables.append(_table(found, report.missed))
    return report


def _audit(program: str, place: Path, urls: dict[str, str], cookie: str, runs: int) -> list[dict[str, Any]]:
    environ = {**os.environ, "CHROMIUM": str(CHROMIUM), "COOKIE": cookie, "RUNS": str(runs)}
    command = [program, "audit.mjs", *(f"{name}={url}" for name, url in urls.items())]
    done = subprocess.run(command, cwd=place, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed:\n{done.stderr[-3000:]}")
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for each in found:
        say(" ".join(f"{key}={value}" for key, value in each.items()))
        if each.get("error") or each["final"] != urls[each["name"]]:
            raise RuntimeError(f"Lighthouse did not see {urls[each['name']]}: {each}")
    return found


def _table(found: list[dict[str, Any]], missed: list[str]) -> Table:
    columns = ["page", *SCORES, "LCP ms", "CLS", "blocked ms", "requests elsewhere"]
    table = Table("Medians", columns)
    for name in dict.fromkeys(each["name"] for each in found):
        runs = [each for each in found if each["name"] == name]
        scores = {key: round(100 * median([each[key] for each in runs])) for key in SCORES}
        lcp, cls, blocked = (median([each[key] for each in runs]) for key in ("lcp", "cls", "tbt"))
        others = max(each["others"] for each in runs)
        figures = [f"{lcp:.0f}", f"{cls:.3f}", f"{blocked:.0f}", str(others)]
        table.rows.append([name, *(str(score) for score in scores.values()), *figures])
        missed += [f"{name}, {key}: {score}, bar {BAR}" for key, score in scores.items() if score < BAR]
        if lcp > LCP_MS or cls > CLS or others:
            missed.append(f"{name}: LCP {lcp:.0f} ms, CLS {cls:.3f}, {others} requests elsewhere")
    return table
