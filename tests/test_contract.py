"""The contract's document says what the code does: events, commands, addresses."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flask import Flask

from webapp.realtime import dispatch
from webapp.realtime.handlers import threads as _handlers  # noqa: F401  (they register their events)

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")


def table(heading: str) -> set[str]:
    """Names in the first column of the table under a heading."""
    part = TEXT.split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"^\| `([a-z_.]+)`", part, re.MULTILINE))


def test_every_event_a_client_may_send_is_documented_and_handled() -> None:
    assert set(dispatch.names()) == table("From the client")


def test_every_event_the_server_sends_is_documented_and_sent() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "webapp" / "realtime").rglob("*.py"))
    documented = table("From the server")
    names = {name for name in re.findall(r'"([a-z_]+\.[a-z]+)"', source) if name in documented}
    assert names == documented


def test_every_documented_command_exists(app: Flask) -> None:
    runner = app.test_cli_runner()
    for command in sorted(
        set(re.findall(r"`flask --app wsgi ([a-z]+(?: (?:create|load|verify|keys))?)", TEXT))
    ):
        done = runner.invoke(args=[*command.split(), "--help"])
        assert done.exit_code == 0, command


def test_the_api_document_is_complete(app: Flask, db: object) -> None:
    document = json.loads(app.test_client().get("/api/v1/openapi.json").data)
    described = set(document["paths"])
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api-docs.openapi_json":
            path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)
            assert path in described, path
