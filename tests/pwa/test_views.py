"""The installable app answers without a session."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask

from webapp.core import health


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/service-worker.js", "text/javascript"),
        ("/offline", "text/html"),
        ("/favicon.ico", "image/png"),
        ("/healthz", "application/json"),
        ("/readyz", "application/json"),
    ],
)
def test_it_answers_without_a_session(app: Flask, db: object, path: str, kind: str) -> None:
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_the_manifest_makes_it_installable(app: Flask, db: object) -> None:
    manifest = json.loads(app.test_client().get("/manifest.webmanifest").data)
    assert manifest["display"] == "standalone"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == ["/visits/new", "/alerts", "/threads"]
    assert (manifest["share_target"]["action"], manifest["share_target"]["method"]) == ("/share", "POST")


def test_the_service_worker_rules_the_whole_site_and_is_checked_each_time(app: Flask, db: object) -> None:
    answer = app.test_client().get("/service-worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_offline_page_names_nobody(app: Flask, db: object) -> None:
    page = app.test_client().get("/offline", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    assert "Hors ligne" in page
    assert "Set-Cookie" not in app.test_client().get("/offline").headers


def _broken(*_: object) -> None:
    raise ConnectionError("nobody there")


@pytest.mark.parametrize("part", ["database", "queue"])
def test_it_is_not_ready_while_the_database_or_the_queue_is_away(
    app: Flask, db: object, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(health, f"check_{part}", _broken)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["detail"]) == (503, part)
    assert app.test_client().get("/healthz").status_code == 200


def test_a_redis_that_does_not_answer_is_noticed_at_once(app: Flask, db: object) -> None:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, redis_url="redis://127.0.0.1:1/0")
    try:
        answer = app.test_client().get("/readyz")
    finally:
        app.config["SETTINGS"] = before
    assert (answer.status_code, answer.get_json()["detail"]) == (503, "queue")
