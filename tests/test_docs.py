"""What the documents tell people to type exists; what they list is what the code has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from webapp.config import ROOT

DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
MEASURED = {ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "proofs.md"}  # written by programs
TYPED = [*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").glob("*.md") if path not in MEASURED)]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# Flask's and Flask-Migrate's own, of which the documents name what is needed.
LIBRARIES = {"run", "shell", "routes", "db"}
# Read by compose.yaml and nginx alone.
DEPLOYMENT = {"ENCOURS_SERVER_NAME", "POSTGRES_PASSWORD"}


def section(heading: str) -> str:
    return OPERATIONS.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def first_column(text: str) -> Iterator[str]:
    """What is in backticks in the first column of a table."""
    for line in text.splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([^`]+)`", line.split(" | ")[0])


def typed_commands() -> set[tuple[str, ...]]:
    """Words after `flask --app wsgi`, in blocks, tables and sentences, and the table of commands."""
    found = set(first_column(section("Commands")))
    for path in TYPED:
        found.update(re.findall(r"flask --app wsgi ([a-z][^`\n|]*)", path.read_text(encoding="utf-8")))
    return {tuple(text.split()) for text in found}


def resolve(app: Flask, words: tuple[str, ...]) -> tuple[list[str], click.Command]:
    """The command these words name, and its path."""
    command: click.Command = app.cli
    path: list[str] = []
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"there is no command {' '.join([*path, word])!r}"
        command = found
        path.append(word)
    return path, command


def test_every_command_that_is_shown_exists_with_its_options(app: Flask) -> None:
    commands = typed_commands()
    assert len(commands) > 15
    runner = app.test_cli_runner()
    for words in sorted(commands):
        path, command = resolve(app, words)
        assert not isinstance(command, click.Group), f"{' '.join(words)} wants a word more"
        done = runner.invoke(args=[*path, "--help"])
        assert done.exit_code == 0, path
        options = {name for parameter in command.params for name in parameter.opts}
        used = set(re.findall(r"(?<!\S)\[?(--[a-z-]+)", " ".join(words)))
        assert used <= options | {"--help"}, path


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    for name in command.list_commands(click.Context(command)):
        found = command.get_command(click.Context(command), name)
        assert found is not None
        if path or name not in LIBRARIES:
            yield from leaves(found, (*path, name))


def test_every_command_of_ours_is_listed_for_operators(app: Flask) -> None:
    listed = {" ".join(resolve(app, tuple(text.split()))[0]) for text in first_column(section("Commands"))}
    assert set(leaves(app.cli)) - listed == set()


def test_every_script_that_is_named_is_there_to_be_run() -> None:
    named = set()
    for path in DOCS:
        named |= set(
            re.findall(r"(?<![\w/.])((?:script|deploy|\.ci)/[\w.-]+)", path.read_text(encoding="utf-8"))
        )
    assert {"script/server", "script/test", "deploy/local", "script/audit"} <= named
    made_by_hand = {"deploy/encours.env"}
    for name in sorted(named - made_by_hand):
        path = ROOT / name
        assert path.exists(), name
        if path.is_file() and not path.suffix:
            assert os.access(path, os.X_OK), f"{name} is not executable"


def test_every_npm_command_that_is_shown_exists() -> None:
    scripts = set(json.loads((ROOT / "package.json").read_text())["scripts"])
    for path in TYPED:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"npm run (?:--silent )?([a-z]+)", text)) <= scripts, path.name


def settings_read() -> set[str]:
    source = (ROOT / "webapp" / "config.py").read_text(encoding="utf-8")
    return set(re.findall(r'(?:env\.get\(|\(env, )"([A-Z_]+)"', source))


def test_the_table_of_settings_is_what_is_read() -> None:
    read = settings_read()
    assert len(read) > 12
    assert set(first_column(section("Settings"))) == read


@pytest.mark.parametrize("name", ["encours.env.example", "compose.yaml"])
def test_what_a_deployment_sets_is_read_by_somebody(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    if name == "compose.yaml":
        text = text.split("&settings\n", 1)[1].split("  volumes:", 1)[0]
    names = set(re.findall(r"^\s*#?([A-Z][A-Z_]+)[=:]", text, re.MULTILINE))
    assert "SECRET_KEY" in names
    assert names - settings_read() - DEPLOYMENT == set()


def test_the_table_of_figures_is_what_is_exposed(app: Flask, db: object) -> None:
    exposed = re.findall(r"^# TYPE (encours_\w+) (\w+)", app.test_client().get("/metrics").text, re.MULTILINE)
    families = {name for name, kind in exposed if not (kind == "gauge" and name.endswith("_created"))}
    assert set(first_column(section("Watching"))) == families


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in DOCS:
        for target in re.findall(
            r"\]\((?!https?:|mailto:)([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")
        ):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_headings_that_are_linked_to_exist() -> None:
    missing = []
    for path in DOCS:
        for name, anchor in re.findall(r"\]\(([^)#:]*)#([a-z0-9-]+)\)", path.read_text(encoding="utf-8")):
            target = (path.parent / name).resolve() if name else path
            if anchor not in anchors(target):
                missing.append(f"{path.name}: {name}#{anchor}")
    assert missing == []


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in headings}
