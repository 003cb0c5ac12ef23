"""What a browser fetches before the first page works: compressed JavaScript and CSS, against their bars."""

from __future__ import annotations

import re
import subprocess

from benchmarks.databases import say
from benchmarks.figures import Report, Table, ratio
from benchmarks.machine import ROOT

ABOUT = (
    "The entry module with all that it imports statically, and the stylesheet, after gzip -9, as "
    "`npm run sizes` weighs them after a build of its own; bytes do not vary from run to run, so there is "
    "one. Controllers and the socket load later; the service worker counts apart."
)
LINE = re.compile(r"^first load (\w+): ([\d.]+) kB gzip, (?:within|ABOVE) ([\d.]+) kB$", re.M)
NAMES = {"js": "JavaScript", "css": "CSS"}


def run(small: bool) -> Report:
    """Build, weigh, compare; the small run is the same."""
    done = subprocess.run(
        ["npm", "run", "--silent", "sizes"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    weights = LINE.findall(done.stdout)
    if {kind for kind, _weight, _bar in weights} != set(NAMES):
        raise RuntimeError(f"npm run sizes failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    report = Report("first_load", ABOUT)
    table = Table("First load", ["what", "kB gzip", "bar kB", "of the bar"])
    for kind, weight, bar in weights:
        table.rows.append([NAMES[kind], weight, bar, ratio(float(weight), float(bar))])
        say(f"{NAMES[kind]}: {weight} kB of {bar}")
        if float(weight) > float(bar):
            report.missed.append(f"first load, {NAMES[kind]}: {weight} kB, bar {bar} kB")
    report.tables.append(table)
    return report
