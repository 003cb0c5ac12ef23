"""Promises in figures, held at two sizes: small in every run, in full by `script/prove`.

A test says which promise it keeps (`@pytest.mark.promise("R1")`), takes its sizes from
`size(small, full)` and notes what it measured with the fixture `figures`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")
Figures = dict[str, object]
FULL = os.environ.get("ENCOURS_PROOF") == "1"
_NOTED: pytest.StashKey[Figures] = pytest.StashKey()


def size(small: T, full: T) -> T:
    """`full` under `script/prove`, else `small`."""
    return full if FULL else small


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """What the test measured, name -> figure, for docs/proofs.md."""
    return request.node.stash.setdefault(_NOTED, {})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--promise", action="append", default=[], help="Only tests of this promise (R1).")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(name): the promise of docs/proofs.md that the test keeps")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = set(config.getoption("--promise"))
    if wanted:
        chosen = [item for item in items if wanted & set(promises_of(item))]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


def promises_of(item: pytest.Item) -> list[str]:
    """The promises a test keeps."""
    return [name for marker in item.iter_markers("promise") for name in marker.args]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Under `script/prove`, one line of JSON for each test: what it proved and how it ended."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()  # type: ignore[attr-defined]
    path = os.environ.get("ENCOURS_FIGURES")
    if path and (report.when == "call" or report.outcome != "passed"):
        noted = item.stash.get(_NOTED, {})
        line = {
            "promises": promises_of(item),
            "test": item.nodeid,
            "outcome": report.outcome,
            "seconds": round(report.duration, 1),
            "figures": noted,
        }
        with Path(path).open("a") as file:
            file.write(json.dumps(line) + "\n")
