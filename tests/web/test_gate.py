"""Nobody passes without a session, and no form without its token: a sweep of the URL map."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.factories.people import Cast
from tests.web.routes import UNSAFE, routes
from webapp.users.actor import Actor
from webapp.users.web import is_public

# What anybody may ask for. A route added here is a decision, not an accident.
PUBLIC = {
    "/api/v1/openapi.json",
    "/favicon.ico",
    "/g/x",
    "/g/x/code",
    "/g/x/threads/01a2015e-0000-7000-8000-000000000000",
    "/healthz",
    "/manifest.webmanifest",
    "/metrics",
    "/offline",
    "/outbox",
    "/password/x",
    "/readyz",
    "/service-worker.js",
    "/setup",
    "/sign-in",
    "/sign-in/as/x",
    "/sign-in/passkey",
    "/sign-in/passkey/options",
    "/sign-in/second",
    "/sign-in/second/options",
}


def test_only_what_is_listed_here_is_public(app: Flask) -> None:
    found = {route.path for route in routes(app, "GET", *UNSAFE) if is_public(route.endpoint)}
    assert found <= PUBLIC, found - PUBLIC


def test_every_other_route_asks_a_stranger_to_sign_in(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    for route in routes(app, "GET", *UNSAFE):
        if is_public(route.endpoint):
            continue
        answer = client.open(route.path, method=route.method)
        if route.api:
            assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in"), route
            assert answer.content_type == "application/problem+json", route
        else:
            assert answer.status_code == (302 if route.method == "GET" else 303), route
            assert answer.location.startswith("/sign-in"), route


def test_every_unsafe_route_refuses_a_request_without_its_token(
    app: Flask, cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    client = browser_of(cast.ada)
    swept = list(routes(app, *UNSAFE))
    assert len(swept) > 15
    for route in swept:
        answer = client.open(route.path, method=route.method, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json["code"]) == (400, "csrf"), route
        forged = {"Accept": "application/json", "X-CSRFToken": "forged", "Authorization": "Basic eA=="}
        assert client.open(route.path, method=route.method, headers=forged).status_code == 400, route


def test_programs_with_a_token_of_their_own_need_none(
    app: Flask, cast: Cast, api_of: Callable[[Actor], dict[str, str]]
) -> None:
    headers = {**api_of(cast.bob), "Accept": "application/json"}
    answer = app.test_client().post("/settings/sessions/end-others", headers=headers)
    assert answer.status_code == 303


def test_a_made_up_bearer_token_opens_nothing_and_excuses_from_nothing(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    headers = {"Authorization": "Bearer made-up"}
    assert client.post("/settings/sessions/end-others", headers=headers).status_code == 303
    assert client.post("/sign-in", headers=headers, data={"email": "a@b.fr"}).status_code == 400


def test_addresses_and_methods_nobody_serves_are_said_to_be_so(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    assert client.post("/nowhere").status_code == 404
    assert client.post("/healthz").status_code == 405
