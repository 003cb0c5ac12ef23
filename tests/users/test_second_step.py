"""Signing in with a second factor, by a passkey alone, and being asked again before something delicate."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes
from werkzeug.test import TestResponse

from tests.factories.people import Cast
from tests.users.authenticator import Phone
from tests.users.conftest import PASSWORD, Post, csrf_of
from tests.users.test_second_factor import code_of, with_app, with_passkey
from tests.users.test_sign_in import limited, sign_in  # noqa: F401  (a fixture)
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.extensions import db as database
from webapp.users import queries, services
from webapp.users.actor import Actor
from webapp.users.current import SESSION_KEY
from webapp.users.models import AuditEntry, AuditPayload, UserSession

BrowserOf = Callable[[Actor], FlaskClient]
WithPassword = Callable[[Actor], str]
EVERYWHERE = ("/", "/clients", "/settings", "/settings/security", "/api/v1/session", "/sign-in/again")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def protected(cast: Cast, with_password: WithPassword) -> tuple[str, str, list[str]]:
    """Bob has a password and an app: his e-mail, the app's secret, his recovery codes."""
    email = with_password(cast.bob)
    _here, secret, given = with_app(cast.bob)
    return email, secret, given


def second(client: FlaskClient, **fields: str) -> TestResponse:
    token = csrf_of(client, "/sign-in/second")
    return client.post("/sign-in/second", data={"csrf_token": token, **fields})


def challenge_of(client: FlaskClient, path: str, page: str) -> bytes:
    """What this browser is asked to sign."""
    answer = client.post(path, headers={"X-CSRFToken": csrf_of(client, page), "Accept": "application/json"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return base64url_to_bytes(answer.json["challenge"])


def how_of(client: FlaskClient) -> str:
    """How the session of this browser was opened, as the audit trail says."""
    with client.session_transaction() as session:
        session_id = session[SESSION_KEY]
    row = select(AuditPayload.body).join(AuditEntry, AuditEntry.id == AuditPayload.entry_id)
    found = database.session.scalars(row.where(AuditEntry.subject_id == session_id)).all()
    return str(json.loads(found[0])["how"])


def test_after_the_password_nothing_opens_until_the_code_is_given(
    visitor: FlaskClient, protected: tuple[str, str, list[str]]
) -> None:
    email, secret, _given = protected
    rows = select(UserSession)
    before = len(database.session.scalars(rows).all())
    answer = sign_in(visitor, email, next="/settings/about", remember="y")
    assert (answer.status_code, answer.location) == (303, "/sign-in/second")
    assert len(database.session.scalars(rows).all()) == before
    for path in EVERYWHERE:
        assert visitor.get(path).status_code in (302, 401), path
    page = visitor.get("/sign-in/second").get_data(as_text=True)
    assert email in page and "one-time-code" in page and "bell" not in page
    wrong = second(visitor, code="000000")
    assert wrong.status_code == 422 and "n’est pas le bon" in wrong.get_data(as_text=True)
    done = second(visitor, code=code_of(secret))
    assert (done.status_code, done.location) == (303, "/settings/about")
    assert visitor.get("/settings/about").status_code == 200
    assert how_of(visitor) == "password+app"
    with visitor.session_transaction() as session:
        assert session.permanent and "second_step" not in session


def test_a_code_seen_over_the_shoulder_does_not_open_a_second_browser(
    app: Flask, visitor: FlaskClient, protected: tuple[str, str, list[str]]
) -> None:
    email, secret, _given = protected
    code, other = code_of(secret), app.test_client()
    sign_in(visitor, email)
    sign_in(other, email)
    assert second(visitor, code=code).status_code == 303
    assert second(other, code=code).status_code == 422


def test_a_recovery_code_opens_once_and_says_how_many_are_left(
    app: Flask, visitor: FlaskClient, protected: tuple[str, str, list[str]]
) -> None:
    email, _secret, given = protected
    sign_in(visitor, email)
    assert second(visitor, recovery=given[0]).status_code == 303
    assert how_of(visitor) == "password+recovery_code"
    assert "Il reste 9 codes de secours." in visitor.get("/settings/security").get_data(as_text=True)
    other = app.test_client()
    sign_in(other, email)
    again = second(other, recovery=given[0])
    assert again.status_code == 422
    assert "<details" in again.get_data(as_text=True) and " open>" in again.get_data(as_text=True)


def test_a_passkey_is_as_good_as_the_code(
    visitor: FlaskClient, cast: Cast, protected: tuple[str, str, list[str]]
) -> None:
    phone = Phone()
    with_passkey(protected_actor(cast), phone)
    sign_in(visitor, protected[0])
    challenge = challenge_of(visitor, "/sign-in/second/options", "/sign-in/second")
    answer = phone.get(challenge)
    assert second(visitor, credential=answer).status_code == 303
    assert how_of(visitor) == "password+passkey"


def protected_actor(cast: Cast) -> Actor:
    with unit_of_work():
        row = services.start_session(cast.bob.user_id, ip=None, user_agent=None)
        session_id = row.id
    found = queries.find_session_actor(session_id)
    assert found is not None
    return found


def test_a_challenge_serves_one_purpose_once_within_five_minutes(
    visitor: FlaskClient, cast: Cast, protected: tuple[str, str, list[str]]
) -> None:
    phone = Phone()
    with_passkey(protected_actor(cast), phone)
    sign_in(visitor, protected[0])
    for_sign_in = challenge_of(visitor, "/sign-in/passkey/options", "/sign-in/second")
    assert second(visitor, credential=phone.get(for_sign_in)).status_code == 422
    once = challenge_of(visitor, "/sign-in/second/options", "/sign-in/second")
    assert second(visitor, credential=Phone().get(once)).status_code == 422
    assert second(visitor, credential=phone.get(once)).status_code == 422
    late = challenge_of(visitor, "/sign-in/second/options", "/sign-in/second")
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)):
        assert second(visitor, credential=phone.get(late)).status_code == 422


@pytest.mark.parametrize("why", ["waited", "password changed", "disabled", "never began"])
def test_a_second_step_that_is_no_longer_due_starts_again(
    visitor: FlaskClient, cast: Cast, protected: tuple[str, str, list[str]], why: str
) -> None:
    if why != "never began":
        sign_in(visitor, protected[0])
    later = now()
    with unit_of_work():
        if why == "waited":
            later += timedelta(minutes=10, seconds=1)
        elif why == "password changed":
            services.set_password(cast.bob, cast.bob.user_id, "$argon2id$x")
        elif why == "disabled":
            services.set_active(cast.ada, cast.bob.user_id, False)
    with time_machine.travel(later):
        assert visitor.get("/sign-in/second").location == "/sign-in"
        token = csrf_of(visitor)
        fields = {"csrf_token": token, "code": code_of(protected[1])}
        assert visitor.post("/sign-in/second", data=fields).location == "/sign-in"
        assert "Recommencez." in visitor.get("/sign-in").get_data(as_text=True)
        options = visitor.post(
            "/sign-in/second/options", headers={"X-CSRFToken": token, "Accept": "application/json"}
        )
        assert options.status_code == 422
    assert visitor.get("/clients").status_code == 302


def test_a_passkey_alone_signs_in_and_needs_no_name(
    visitor: FlaskClient, cast: Cast, protected: tuple[str, str, list[str]]
) -> None:
    phone = Phone()
    with_passkey(protected_actor(cast), phone)
    phone.handle = cast.bob.user_id.bytes
    asked = visitor.post("/sign-in/passkey/options", headers={"X-CSRFToken": csrf_of(visitor)}).json
    assert asked["allowCredentials"] == [] and asked["userVerification"] == "required"
    answer = phone.get(base64url_to_bytes(asked["challenge"]))
    fields = {"csrf_token": csrf_of(visitor), "credential": answer, "next": "/settings/about"}
    done = visitor.post("/sign-in/passkey", data=fields)
    assert (done.status_code, done.location) == (303, "/settings/about")
    assert visitor.get("/api/v1/session").json["name"] == "Bob Martin"
    assert how_of(visitor) == "passkey"


def test_a_passkey_nobody_knows_leads_back_to_the_password(visitor: FlaskClient, cast: Cast) -> None:
    challenge = challenge_of(visitor, "/sign-in/passkey/options", "/sign-in")
    fields = {"csrf_token": csrf_of(visitor), "credential": Phone().get(challenge), "next": "/clients"}
    answer = visitor.post("/sign-in/passkey", data=fields)
    assert answer.location == "/sign-in?next=/clients"
    assert "n’ouvre rien ici" in visitor.get(answer.location).get_data(as_text=True)
    assert visitor.get("/clients").status_code == 302


def test_passkeys_are_offered_by_name_and_not_by_address(visitor: FlaskClient, cast: Cast) -> None:
    by_name = visitor.get("/sign-in").get_data(as_text=True)
    assert 'data-controller="passkey"' in by_name
    by_address = visitor.get("/sign-in", headers={"Host": "192.0.2.7:5000"}).get_data(as_text=True)
    assert 'data-controller="passkey"' not in by_address


def test_codes_are_tried_ten_times_a_minute_wherever_from(limited: Flask) -> None:  # noqa: F811
    client = limited.test_client()
    with limited.app_context():
        with unit_of_work():
            services.ensure_company()
        make_bob()
    sign_in(client, "bob@encours.test")
    token = csrf_of(client, "/sign-in/second")
    tries = [
        client.post(
            "/sign-in/second",
            data={"csrf_token": token, "code": "000000"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{place}"},
        )
        for place in range(11)
    ]
    assert [answer.status_code for answer in tries] == [422] * 10 + [429]
    assert 1 <= int(tries[-1].headers["Retry-After"]) <= 60
    assert "Trop d’essais à la suite." in tries[-1].get_data(as_text=True)
    assert sign_in(limited.test_client(), "somebody@else.fr").status_code == 422


def make_bob() -> None:
    """Bob with a password and an app, in whatever database the context has."""
    from webapp.users.actor import system_actor
    from webapp.users.security import make_hash

    hashed = make_hash(PASSWORD)
    with unit_of_work():
        root = queries.find_root_branch()
        assert root is not None
        user = services.create_user(
            system_actor(),
            email="bob@encours.test",
            name="Bob Martin",
            role="sales_rep",
            branch=root,
            password_hash=hashed,
        )
        user_id = user.id
    actor = queries.find_user_actor(user_id)
    assert actor is not None
    with_app(actor)


def test_what_is_delicate_asks_again_and_comes_back(
    browser_of: BrowserOf, cast: Cast, post: Post, with_password: WithPassword
) -> None:
    with_password(cast.bob)
    client = browser_of(cast.bob)
    grow_old()
    assert client.get("/settings/security").status_code == 200
    asked = client.get("/settings/security/app")
    assert asked.location == "/sign-in/again?next=/settings/security/app"
    page = client.get(asked.location).get_data(as_text=True)
    assert "bob@encours.test" in page
    wrong = again(client, asked.location, password="faux")
    assert wrong.status_code == 422 and "pas votre mot de passe" in wrong.get_data(as_text=True)
    assert client.get("/settings/security/app").status_code == 303
    done = again(client, asked.location, password=PASSWORD)
    assert (done.status_code, done.location) == (303, "/settings/security/app")
    assert client.get("/settings/security/app").status_code == 200
    assert client.get(asked.location).location == "/settings/security/app"
    acts = database.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts[-1] == "session.prove"


def grow_old() -> None:
    """Everybody signed in eleven minutes ago."""
    with unit_of_work() as work:
        for row in work.scalars(select(UserSession)):
            row.proved_at = now() - timedelta(minutes=11)


def again(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    found = re.search(r"next=(.*)$", page)
    data = {"csrf_token": csrf_of(client, page), **fields, **({"next": found[1]} if found else {})}
    return client.post("/sign-in/again", data=data)


def test_a_form_that_asks_again_comes_back_to_its_page_and_programs_get_a_code(
    browser_of: BrowserOf, cast: Cast
) -> None:
    client = browser_of(cast.bob)
    token = csrf_of(client, "/settings/security")
    grow_old()
    referer = {"Referer": "http://localhost/settings/security"}
    answer = client.post("/settings/security/app/remove", data={"csrf_token": token}, headers=referer)
    assert (answer.status_code, answer.location) == (303, "/sign-in/again?next=/settings/security")
    said = client.post(
        "/settings/security/passkeys/options", headers={"X-CSRFToken": token, "Accept": "application/json"}
    )
    assert (said.status_code, said.json["code"]) == (403, "sign_in_again")
    assert said.content_type == "application/problem+json"


def test_one_is_asked_again_by_passkey_too(browser_of: BrowserOf, cast: Cast) -> None:
    phone, client = Phone(), browser_of(cast.bob)
    with client.session_transaction() as session:
        actor = queries.find_session_actor(uuid.UUID(session[SESSION_KEY]))
    assert actor is not None
    with_passkey(actor, phone)
    grow_old()
    page = "/sign-in/again?next=/settings/security/app"
    answer = phone.get(challenge_of(client, "/sign-in/again/options", page))
    assert again(client, page, credential=answer).location == "/settings/security/app"
    assert client.get("/settings/security/app").status_code == 200


def test_a_token_is_not_asked_again_and_proves_nothing(
    app: Flask, cast: Cast, api_of: Callable[[Actor], dict[str, str]], with_password: WithPassword
) -> None:
    with_password(cast.bob)
    headers = {**api_of(cast.bob), "Accept": "application/json"}
    client = app.test_client()
    assert client.post("/sign-in/again", headers=headers, data={"password": PASSWORD}).status_code == 403
    assert client.get("/settings/security/app", headers=headers).status_code == 403
