"""People with a password, and forms posted as a browser would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.users import seen
from webapp.users.actor import Actor, system_actor
from webapp.users.security import make_hash
from webapp.users.services import set_password

PASSWORD = "un plafond tient mieux"
Post = Callable[..., TestResponse]


@pytest.fixture(autouse=True)
def _fresh_notes() -> None:
    seen.forget()


def csrf_of(client: FlaskClient, page: str = "/sign-in") -> str:
    """The CSRF token a page of this browser carries."""
    text = client.get(page).get_data(as_text=True)
    return text.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture
def post() -> Post:
    """`post(client, "/settings/profile", name="Bob")`: with the CSRF token of the person's pages."""

    def send(client: FlaskClient, path: str, page: str = "/settings/about", **fields: str) -> TestResponse:
        return client.post(path, data={"csrf_token": csrf_of(client, page), **fields})

    return send


@pytest.fixture
def with_password(app: Flask, cast: Cast) -> Callable[[Actor], str]:
    """Give someone of the cast a password; their e-mail is returned."""

    def give(actor: Actor) -> str:
        hashed = make_hash(PASSWORD)
        with unit_of_work():
            set_password(system_actor(), actor.user_id, hashed)
        return f"{actor.handle}@encours.test"

    return give


@pytest.fixture
def setting(app: Flask) -> Iterator[Callable[..., None]]:
    """`setting(environment="desk", demo=True)` until the end of the test."""
    before = app.config["SETTINGS"]

    def change(**values: object) -> None:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)

    yield change
    app.config["SETTINGS"] = before
