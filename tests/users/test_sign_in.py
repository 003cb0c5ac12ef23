"""Signing in and out, by password, by one tap, after a session ended, too often."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.factories.people import Cast
from tests.ground import Ground
from tests.users.conftest import PASSWORD, Post, csrf_of
from webapp import create_app
from webapp.config import Settings
from webapp.core import offload
from webapp.core.db import unit_of_work
from webapp.extensions import db as database
from webapp.extensions import limiter
from webapp.users import queries, security, services
from webapp.users.actor import Actor
from webapp.users.current import SESSION_KEY
from webapp.users.models import User, UserSession

SAME_FOR_ALL = "n’est pas le bon"


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    fields = {"csrf_token": csrf_of(client), "email": email, "password": password, **more}
    return client.post("/sign-in", data=fields)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_right_password_opens_a_session_with_its_row(
    visitor: FlaskClient, cast: Cast, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(cast.bob)
    answer = sign_in(visitor, f" {email.upper()} ", next="/settings/about")
    assert (answer.status_code, answer.location) == (303, "/settings/about")
    with visitor.session_transaction() as session:
        row = database.session.get(UserSession, uuid.UUID(session[SESSION_KEY]))
        assert row is not None
        assert row.user_id == cast.bob.user_id
        assert not session.permanent
    page = visitor.get("/settings/about")
    assert page.status_code == 200
    assert visitor.get("/sign-in").location == "/"


def test_signing_in_gives_up_whatever_session_the_browser_came_with(
    visitor: FlaskClient, cast: Cast, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(cast.bob)
    with visitor.session_transaction() as planted:
        planted[SESSION_KEY] = "0199-planted"
        planted["anything"] = "else"
        planted["theme"] = "dark"
    sign_in(visitor, email, remember="y")
    with visitor.session_transaction() as session:
        assert session[SESSION_KEY] != "0199-planted"
        assert "anything" not in session
        assert session["theme"] == "dark"
        assert session.permanent


def test_what_a_cut_answer_left_of_a_cookie_locks_nobody_out(
    visitor: FlaskClient, cast: Cast, with_password: Callable[[Actor], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    email = with_password(cast.bob)
    with monkeypatch.context() as an_hour_ago:
        an_hour_ago.setattr(TimestampSigner, "get_timestamp", lambda _self: int(time.time()) - 3600)
        sign_in(visitor, email)
    earlier = visitor.get_cookie("encours")
    assert earlier is not None
    visitor.post("/sign-out", data={"csrf_token": csrf_of(visitor, "/settings")})
    sign_in(visitor, email)
    now = visitor.get_cookie("encours")
    assert now is not None
    # Cut within its value, or after it: what bears no signature, and what bears one of a session that ended.
    for left in (now.value[:-7], now.value.rpartition(".")[0], earlier.value, ""):
        browser = visitor.application.test_client(use_cookies=False)
        cookies = {"Cookie": f"encours={left}; encours={now.value}"}
        assert browser.get("/api/v1/session", headers=cookies).status_code == 200, left


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    visitor: FlaskClient, cast: Cast, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(cast.bob)
    with_password(cast.david)
    with unit_of_work():
        services.set_active(cast.ada, cast.david.user_id, False)
    for address, password in (
        (email, "un autre mot"),
        ("nobody@x.fr", PASSWORD),
        ("oscar@encours.test", PASSWORD),  # has no password yet
        ("david@encours.test", PASSWORD),  # disabled
        ("not an address", PASSWORD),
    ):
        answer = sign_in(visitor, address, password)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422, address
        assert text.count("fs__err") == 1 and SAME_FOR_ALL in text, address
    assert database.session.scalars(select(UserSession)).all() == []


def test_empty_fields_are_named_beside_them(visitor: FlaskClient, cast: Cast) -> None:
    text = sign_in(visitor, "", "").get_data(as_text=True)
    assert "Indiquez votre adresse e-mail." in text
    assert "Indiquez votre mot de passe." in text


def test_hashing_runs_away_from_the_loop_for_unknown_addresses_too(
    visitor: FlaskClient, cast: Cast, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(cast.bob)
    runs: list[str] = []

    def elsewhere(function: Callable[..., object], *args: object, **kwargs: object) -> object:
        runs.append(function.__name__)
        return function(*args, **kwargs)

    before = offload._runner
    offload.install(elsewhere, list)
    try:
        sign_in(visitor, email, "faux mot de passe")
        sign_in(visitor, "nobody@x.fr")
        sign_in(visitor, "oscar@encours.test")
        sign_in(visitor, email)
    finally:
        offload._runner = before
    assert runs == ["verify", "hash", "hash", "verify"]


def test_passwords_are_kept_as_argon2id(cast: Cast, with_password: Callable[[Actor], str]) -> None:
    with_password(cast.bob)
    kept = database.session.get_one(User, cast.bob.user_id).password
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert security.is_password_of(database.session.get_one(User, cast.bob.user_id), PASSWORD)
    assert not security.is_password_of(database.session.get_one(User, cast.oscar.user_id), PASSWORD)


def test_an_evil_next_leads_home(
    visitor: FlaskClient, cast: Cast, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(cast.bob)
    assert sign_in(visitor, email, next="//evil.example/x").location == "/"


def test_signing_out_ends_the_row_and_clears_the_device(
    browser_of: Callable[[Actor], FlaskClient], cast: Cast, post: Post
) -> None:
    client = browser_of(cast.bob)
    answer = post(client, "/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    row = database.session.scalars(select(UserSession)).one()
    assert row.ended_at is not None
    assert client.get("/settings").location.startswith("/sign-in")


def test_unsent_items_survive_a_sign_out_that_keeps_them(
    browser_of: Callable[[Actor], FlaskClient], cast: Cast, post: Post
) -> None:
    assert post(browser_of(cast.bob), "/sign-out", keep="1").headers["Clear-Site-Data"] == '"cache"'


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(
    browser_of: Callable[[Actor], FlaskClient], cast: Cast
) -> None:
    client = browser_of(cast.bob)
    token = csrf_of(client, "/settings/profile")
    with unit_of_work():
        services.end_sessions(services.live_sessions(cast.bob.user_id), "ended")
    answer = client.post(
        "/settings/profile",
        data={"csrf_token": token, "name": "Bob"},
        headers={"Referer": "http://localhost/settings/profile?a=1"},
    )
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/settings/profile?a%3D1&ended=1"
    assert "Votre session a pris fin." in client.get(answer.location).get_data(as_text=True)
    abroad = client.post("/settings/profile", headers={"Referer": "https://evil.example/x"})
    assert abroad.location == "/sign-in?ended=1"
    said = client.post("/api/v1/session")
    assert said.status_code == 405


def test_a_get_without_a_session_comes_back_to_what_was_asked(visitor: FlaskClient, cast: Cast) -> None:
    assert visitor.get("/settings/people?q=a").location == "/sign-in?next=/settings/people?q%3Da"
    answer = visitor.get("/api/v1/session")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.content_type == "application/problem+json"


def test_the_sign_in_page_speaks_english_when_asked(visitor: FlaskClient, cast: Cast) -> None:
    assert visitor.get("/sign-in?lang=en").status_code == 302
    assert '<html lang="en"' in visitor.get("/sign-in").get_data(as_text=True)


@pytest.fixture
def at_the_desk(cast: Cast, setting: Callable[..., None]) -> None:
    with unit_of_work():
        for handle, name, role in (
            ("alice", "Alice Roux", "credit_manager"),
            ("bob", "Bob Martin", "sales_rep"),
        ):
            services.create_user(
                cast.system, email=f"{handle}@encours.demo", name=name, role=role, branch=cast.lyon
            )
    setting(environment="desk", demo=True)


@pytest.mark.usefixtures("at_the_desk")
def test_one_tap_enters_as_each_of_the_cast_at_a_desk(visitor: FlaskClient) -> None:
    text = visitor.get("/sign-in").get_data(as_text=True)
    assert "Crédit clients, Lyon" in text and "Bob Martin" in text
    answer = visitor.post("/sign-in/as/bob", data={"csrf_token": csrf_of(visitor)})
    assert answer.status_code == 303
    assert visitor.get("/api/v1/session").json["name"] == "Bob Martin"


@pytest.mark.usefixtures("at_the_desk")
@pytest.mark.parametrize(
    "more",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"headers": {"Host": "rebound.example"}},
    ],
)
def test_one_tap_is_for_who_sits_at_the_machine(visitor: FlaskClient, more: dict[str, object]) -> None:
    page = visitor.get("/sign-in", **more).get_data(as_text=True)
    assert "data-demo" not in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert visitor.post("/sign-in/as/bob", data={"csrf_token": token}, **more).status_code == 404


@pytest.mark.usefixtures("at_the_desk")
def test_one_tap_needs_the_demo_and_a_token_and_a_name_of_the_cast(
    visitor: FlaskClient, setting: Callable[..., None]
) -> None:
    token = {"csrf_token": csrf_of(visitor)}
    assert visitor.post("/sign-in/as/bob").status_code == 400
    assert visitor.post("/sign-in/as/oscar", data=token).status_code == 404
    assert visitor.post("/sign-in/as/emma", data=token).status_code == 404
    setting(demo=False)
    assert visitor.post("/sign-in/as/bob", data=token).status_code == 404
    setting(demo=True, environment="production")
    assert visitor.post("/sign-in/as/bob", data=token).status_code == 404


@pytest.fixture
def limited(settings: Settings, tmp_path: Path, ground: Ground) -> Iterator[Flask]:
    """Another application with a database of its own, which counts tries."""
    if not settings.sqlite:
        pytest.skip("needs a database of its own: SQLite")
    shutil.copy(settings.instance_path / "template.db", tmp_path / "encours.db")
    url = f"sqlite:///{tmp_path / 'encours.db'}"
    yield create_app(
        replace(settings, instance_path=tmp_path, database_url=url, extra={"RATELIMIT_ENABLED": True})
    )
    limiter.enabled = False


def test_the_eleventh_try_in_a_minute_waits_and_others_do_not(limited: Flask) -> None:
    client = limited.test_client()
    answers = [sign_in(client, "bob@encours.test", "faux mot de passe") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert "Trop d’essais à la suite." in answers[-1].get_data(as_text=True)
    assert sign_in(client, "BOB@encours.test ", PASSWORD).status_code == 429
    assert sign_in(client, "somebody@else.fr").status_code == 422


def test_a_session_is_seen_once_a_minute_after_the_answer(
    browser_of: Callable[[Actor], FlaskClient], cast: Cast
) -> None:
    client = browser_of(cast.bob)
    row = database.session.scalars(select(UserSession)).one()
    before = row.seen_at
    with client.get("/settings/about") as answer:
        assert answer.status_code == 200
    database.session.rollback()
    database.session.refresh(row)
    first = row.seen_at
    assert first > before
    client.get("/settings/about").close()
    database.session.rollback()
    database.session.refresh(row)
    assert row.seen_at == first


def test_a_browser_forgotten_for_a_month_signs_in_again(
    browser_of: Callable[[Actor], FlaskClient], cast: Cast
) -> None:
    client = browser_of(cast.bob)
    with unit_of_work() as work:
        row = work.scalars(select(UserSession)).one()
        row.seen_at = row.seen_at - queries.IDLE
    assert client.get("/settings").status_code == 302
