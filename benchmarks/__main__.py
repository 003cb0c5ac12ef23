"""`script/bench [NAME ...] [--small]`: run benches, print what they found, write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import re
import sys

from benchmarks import machine
from benchmarks.databases import say
from benchmarks.figures import Report

BENCHES = ("pages", "start", "first_load", "chat", "breach", "imports", "aging", "lighthouse")
PAGE = machine.ROOT / "docs" / "benchmarks.md"
HEAD = (
    "# Benchmarks\n\n"
    "Measured, not promised: `script/bench` runs them all and writes this page, `script/bench pages` one of "
    "them. Figures are medians of interleaved runs on a machine that may be busy with other things, so read "
    "the ratios, taken against a reference in the same run. Rows that lose are published like the others.\n"
)


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--small", action="store_true", help="in under a minute each; writes no page")
    options = parser.parse_args(arguments)
    missed: list[str] = []
    for name in options.names or BENCHES:
        say(f"{name} starts, load {machine.load()}")
        before = machine.load()
        report: Report = importlib.import_module(f"benchmarks.{name}").run(options.small)
        section = present(report, before)
        print(section, flush=True)
        missed += report.missed
        if not options.small:
            publish(report.name, section)
    for bar in missed:
        say(f"missed: {bar}")
    return 1 if missed else 0


def present(report: Report, load_before: str) -> str:
    """A section of the page."""
    facts = (
        f"Commit {machine.commit()}, {machine.moment()}. {machine.describe()}. "
        f"Load average {load_before} before, {machine.load()} after."
    )
    bars = "\n".join(["Missed:", "", *(f"- {bar}" for bar in report.missed)]) if report.missed else ""
    parts = [f"## {report.name}", report.about, facts, *(table.markdown() for table in report.tables), bars]
    return "\n\n".join(part for part in parts if part) + "\n"


def publish(name: str, section: str) -> None:
    """Put a section in place of the last one of that name; the others stay as they were."""
    text = PAGE.read_text() if PAGE.exists() else HEAD
    sections = {found.split("\n", 1)[0]: found for found in re.split(r"^## ", text, flags=re.M)[1:]}
    sections[name] = section.removeprefix("## ")
    ordered = [f"## {sections[each]}".rstrip() + "\n" for each in BENCHES if each in sections]
    PAGE.write_text("\n".join([HEAD, *ordered]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
