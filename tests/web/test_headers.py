"""What every answer says to browsers and caches (R20): a sweep of the URL map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.people import Cast
from tests.web.routes import Route, routes
from webapp.core.pages import DIST
from webapp.users.actor import Actor

pytestmark = pytest.mark.promise("R20")

NONCE = re.compile(r"'nonce-[\w-]{20,}'")
# Kept by browsers on purpose, asked about again each time; they hold no data of anyone.
REVALIDATED = {"pwa.service_worker", "pwa.manifest", "pwa.offline", "pwa.favicon"}


def check(answer: TestResponse, route: Route) -> None:
    """The headers that protect a page, on any answer."""
    assert answer.status_code < 500, route
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy, route
    assert "script-src 'self';" in policy and "object-src 'none'" in policy, route
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, route
    assert NONCE.search(policy), route
    assert answer.headers["X-Content-Type-Options"] == "nosniff", route
    assert answer.headers["Referrer-Policy"] == "same-origin", route
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", route
    assert answer.headers["X-Robots-Tag"] == "noindex", route
    assert "Server" not in answer.headers, route
    if route.endpoint in REVALIDATED:
        assert "public" not in answer.headers["Cache-Control"], route
    else:
        assert "no-store" in answer.headers["Cache-Control"], route


def test_every_answer_to_somebody_signed_in_is_protected(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    client = browser_of(cast.ada)
    swept = list(routes(app, "GET"))
    assert len(swept) > 30
    for route in swept:
        check(client.get(route.path), route)


def test_every_answer_to_a_stranger_is_protected(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    for route in routes(app, "GET", "POST", "PUT", "PATCH", "DELETE"):
        check(client.open(route.path, method=route.method), route)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/settings/about/", 404)])
def test_pages_that_do_not_exist_are_protected_too(app: Flask, cast: Cast, path: str, status: int) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == status
    check(answer, Route("none", "GET", path))


def test_no_two_answers_share_a_nonce(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    nonces = {NONCE.findall(client.get("/sign-in").headers["Content-Security-Policy"])[0] for _ in range(5)}
    assert len(nonces) == 5


def test_pages_hold_no_inline_script_or_style(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    client = browser_of(cast.ada)
    for route in routes(app, "GET"):
        answer = client.get(route.path)
        if answer.mimetype != "text/html":
            continue
        text = answer.get_data(as_text=True)
        assert not re.search(r"<[^>]+\sstyle=", text), route
        assert not re.search(r"<[^>]+\son[a-z]+=", text), route
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), route


def test_production_tells_browsers_to_stay_on_https(app: Flask, cast: Cast) -> None:
    from dataclasses import replace

    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, environment="production")
    try:
        answer = app.test_client().get("/sign-in")
    finally:
        app.config["SETTINGS"] = before
    assert "includeSubDomains" in answer.headers["Strict-Transport-Security"]


def built(name: str) -> str:
    if not (DIST / "manifest.json").exists():
        pytest.skip("the front end is not built")
    return "/static/dist/" + json.loads((DIST / "manifest.json").read_text())[name]


@pytest.mark.parametrize("name", ["app.js", "app.css", "icons.svg"])
def test_built_files_are_kept_for_ever_and_carry_no_cookie(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient], name: str
) -> None:
    answer = browser_of(cast.ada).get(built(name))
    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"] and "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_names_the_modules_it_starts_with_and_each_is_there(app: Flask, db: object) -> None:
    built("app.js")
    page = app.test_client().get("/sign-in").text
    named = re.findall(r'<link rel="modulepreload" href="([^"]+)">', page)
    assert any("/start-" in url for url in named)
    for url in named:
        answer = app.test_client().get(url)
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"], url


@pytest.mark.parametrize(("accepted", "given"), [("gzip", "gzip"), ("gzip, br", "br"), ("identity", None)])
def test_built_files_travel_small_to_who_accepts_it(
    app: Flask, db: object, accepted: str, given: str | None
) -> None:
    path = built("app.css")
    answer = app.test_client().get(path, headers={"Accept-Encoding": accepted})
    whole = (DIST.parent.parent / path.lstrip("/")).stat().st_size
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers.get("Content-Encoding") == given
    assert "Accept-Encoding" in answer.headers["Vary"] and "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) == whole if given is None else len(answer.data) < whole / 3


def test_other_files_are_kept_for_a_while_and_sources_are_not_served(app: Flask, db: object) -> None:
    client = app.test_client()
    icon = client.get("/static/icons/icon-192.png")
    assert icon.status_code == 200
    assert "immutable" not in icon.headers["Cache-Control"]
    assert client.get("/static/dist/app-AAAAAAAA.js").status_code == 404
    for hidden in ("/static/src/app.ts", "/static/css/tokens.scss", "/static/../config.py"):
        assert client.get(hidden).status_code == 404
