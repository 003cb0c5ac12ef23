"""The house rules that a machine can check: who imports whom, how long things are, names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WEBAPP = ROOT / "webapp"
LONGEST_FILE, LONGEST_TEST, LONG_FILE = 400, 500, 300
LONGEST_FUNCTION, LONGEST_HANDLER = 40, 15
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "data"}
TEXT = {".py", ".ts", ".html", ".css", ".scss", ".mjs"}


def sources(*folders: str) -> Iterator[Path]:
    skipped = {"node_modules", "dist", "versions", "__pycache__"}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXT and not skipped & set(path.parts):
                yield path


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(node: ast.FunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_features_import_downwards_only() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def test_no_file_is_too_long() -> None:
    code = {path: length(path) for path in sources("webapp", "script")}
    tests = {path: length(path) for path in sources("tests")}
    for path, lines in code.items():
        if lines > LONG_FILE:
            warnings.warn(f"{path.relative_to(ROOT)} has {lines} lines: split it", stacklevel=1)
    too_long = [f"{path.relative_to(ROOT)}: {n}" for path, n in code.items() if n > LONGEST_FILE]
    too_long += [f"{path.relative_to(ROOT)}: {n}" for path, n in tests.items() if n > LONGEST_TEST]
    assert too_long == []


def test_functions_stay_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {code_lines(node)} lines"
        for path in sources("webapp")
        if path.suffix == ".py"
        for node in functions(path)
        if code_lines(node) > LONGEST_FUNCTION
    ]
    assert long == []


def test_route_handlers_only_parse_call_and_answer() -> None:
    long = []
    for path in sources("webapp"):
        if path.suffix != ".py" or not {"views", "api"} & {path.stem, path.parent.name}:
            continue
        for node in functions(path):
            routed = any(
                "route" in text or ".get(" in text or ".post(" in text or ".put(" in text
                for text in map(ast.unparse, node.decorator_list)
            )
            if routed and code_lines(node) > LONGEST_HANDLER:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {code_lines(node)}")
    assert long == []


def test_services_never_commit_emit_or_know_the_request() -> None:
    wrong = []
    for path in WEBAPP.rglob("*.py"):
        if "services" not in (path.stem, path.parent.name):
            continue
        text = path.read_text(encoding="utf-8")
        for pattern in (r"\.commit\(", r"\bemit\(", r"from flask import", r"\bunit_of_work\("):
            if re.search(pattern, text):
                wrong.append(f"{path.relative_to(ROOT)}: {pattern}")
    assert wrong == []


def test_only_the_ground_floor_commits() -> None:
    allowed = {"webapp/core/db.py", "webapp/core/jobs.py"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in WEBAPP.rglob("*.py")
        if re.search(r"session\.commit\(", path.read_text(encoding="utf-8"))
        and str(path.relative_to(ROOT)) not in allowed
    ]
    assert wrong == []


def test_only_the_settings_read_the_environment() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in WEBAPP.rglob("*.py")
        if path.name != "config.py" and re.search(r"\bos\.(environ|getenv)", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_names_say_what_things_are() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources("webapp", "tests")
        if path.stem in BANNED or path.parent.name in BANNED
    ]
    assert wrong == []


def test_every_service_and_query_says_what_it_does() -> None:
    silent = []
    for path in WEBAPP.rglob("*.py"):
        if not {"services", "rules", "policy"} & {path.stem, path.parent.name}:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                short = len(node.body) == 1 and isinstance(node.body[0], ast.Return)
                if not ast.get_docstring(node) and not short:
                    silent.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert silent == []


@pytest.mark.parametrize("pattern", [r"\sstyle=", r"\son\w+=\"", r"<script>", r"javascript:"])
def test_templates_carry_no_inline_code_or_style(pattern: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in (WEBAPP / "templates").rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(pattern, line)
    ]
    assert wrong == []


def test_colours_are_named_once() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in (WEBAPP / "static" / "css").rglob("*.*css")
        if "token" not in path.name
        for found in re.finditer(r"#[0-9a-fA-F]{3,8}\b(?![-\w])", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
