"""Figures of a bench: percentiles, medians over runs, and tables of them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows under a heading; every cell is text already."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""

    def markdown(self) -> str:
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, ["---"] * len(self.columns), *self.rows)]
        return "\n".join([f"**{self.title}**", "", *lines, *(["", self.note] if self.note else [])])


@dataclass
class Report:
    """What one bench found. `missed` names each bar that was not reached."""

    name: str
    about: str
    tables: list[Table] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that `share` (0 to 1) of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)


def interleaved(contenders: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """What each contender measured in each run; a run asks each once, in turn, so noise meets all."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for run in range(runs):
        shift = run % len(names)
        for name in names[shift:] + names[:shift]:
            found[name].append(contenders[name]())
    return found


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def ratio(value: float, reference: float) -> str:
    return f"{value / reference:.2f}" if reference else "-"
