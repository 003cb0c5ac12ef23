"""`script/audit` fails on what is found, and says in a line what could not be asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLASK = {"name": "flask", "version": "3.1.3"}
UNKNOWN = {"dependencies": [{"name": "flask", "skip_reason": "not found"}]}
CLEAN = {"dependencies": [{**FLASK, "vulns": []}]}
WEAK = {"dependencies": [{**FLASK, "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.4"]}]}]}
NPM_UNREACHABLE = {"message": "405 Method Not Allowed", "statusCode": 405}
NPM_CLEAN: dict[str, object] = {"vulnerabilities": {}}
NPM_WEAK = {"vulnerabilities": {"idb": {"severity": "high", "range": "<9"}}}
Audit = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """Run it where the services answer as given; bandit reads a few lines only, to be quick."""

    def run(python: object, npm: object, bandit: int = 0) -> subprocess.CompletedProcess[str]:
        for name, answer, status in (("pip-audit", python, 1), ("npm", npm, 1), ("bandit", "Issue", bandit)):
            (tmp_path / f"{name}.answer").write_text(json.dumps(answer))
            tool = tmp_path / name
            tool.write_text(f"#!/bin/sh\ncat {tmp_path / name}.answer\nexit {status}\n")
            tool.chmod(0o755)
        environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        command = [ROOT / "script" / "audit"]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    return run


def test_services_that_cannot_be_asked_are_named_and_fail_nothing(audit: Audit) -> None:
    done = audit(UNKNOWN, NPM_UNREACHABLE)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "code: bandit finds nothing",
        "python packages: not audited, the advisory service cannot be reached from here",
        "npm packages: not audited, the advisory service cannot be reached from here",
    ]


def test_nothing_found_is_said_too(audit: Audit) -> None:
    done = audit(CLEAN, NPM_CLEAN)
    assert done.returncode == 0
    assert re.search(
        r"^python packages: 1 of \d{2,} audited\nnpm packages: audited$", done.stdout, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("python", "npm", "bandit", "line"),
    [
        (WEAK, NPM_UNREACHABLE, 0, "flask 3.1.3: PYSEC-2026-1, mended in 3.1.4"),
        (UNKNOWN, NPM_WEAK, 0, "idb: high (<9)"),
        (CLEAN, NPM_CLEAN, 1, '"Issue"'),
    ],
)
def test_a_weakness_fails_the_build_and_is_named(
    audit: Audit, python: object, npm: object, bandit: int, line: str
) -> None:
    done = audit(python, npm, bandit)
    assert done.returncode == 1
    assert line in done.stdout.splitlines()


def test_every_exception_names_its_finding_and_its_reason() -> None:
    bare = []
    for path in [*(ROOT / "webapp").rglob("*.py"), ROOT / "wsgi.py", ROOT / "deploy" / "local"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "nosec" in line and not re.search(r"# nosec (B\d{3} )+# \S+", line):
                bare.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    assert bare == []


def test_it_is_part_of_the_suite_before_the_tests() -> None:
    suite = (ROOT / "script" / "test").read_text()
    before, _ = suite.split('echo "== Suite"', 1)
    assert re.search(r"^script/audit$", before, re.MULTILINE)
