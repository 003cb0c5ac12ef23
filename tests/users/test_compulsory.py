"""A role that must have a second factor: who lacks one adds it, and reaches nothing else before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select

from tests.factories.people import Cast
from tests.users.authenticator import Phone
from tests.users.conftest import Post, csrf_of
from tests.users.test_second_factor import code_of, with_app
from tests.users.test_second_step import challenge_of, second
from tests.users.test_sign_in import at_the_desk, sign_in  # noqa: F401  (a fixture)
from tests.web.routes import UNSAFE, routes
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.users import queries, services
from webapp.users.actor import Actor
from webapp.users.models import UserSession
from webapp.users.web import is_enrolment, is_public

BrowserOf = Callable[[Actor], FlaskClient]


@pytest.fixture
def compulsory(cast: Cast) -> Cast:
    """Sales representatives and administrators must have a second factor; nobody has one yet."""
    with unit_of_work():
        services.set_second_factor_roles(cast.ada, ["sales_rep", "admin"])
    return cast


APP = "/settings/security/app"


def offered(client: FlaskClient) -> tuple[str, str]:
    """An app's secret as the page offers it: sealed for the server, and the one to type."""
    page = client.get(APP).get_data(as_text=True)
    sealed = re.search(r'name="secret" value="([^"]+)"', page)
    typed = re.search(r">([A-Z2-7-]{32,})</textarea>", page)
    assert sealed is not None and typed is not None
    return sealed[1], typed[1]


def shown(typed: str) -> str:
    """What the app shows now for a key typed into it."""
    token: str = TOTP(key=typed, format="base32").generate().token
    return token


def test_every_page_and_every_call_is_closed_until_then(
    app: Flask, compulsory: Cast, browser_of: BrowserOf
) -> None:
    client = browser_of(compulsory.ada)
    token, closed = csrf_of(client, "/settings/security"), 0
    for route in routes(app, "GET", *UNSAFE):
        if is_public(route.endpoint) or is_enrolment(route.endpoint):
            continue
        closed += 1
        answer = client.open(route.path, method=route.method, headers={"X-CSRFToken": token})
        if route.api:
            assert (answer.status_code, answer.json["code"]) == (403, "second_factor_required"), route
        else:
            assert (answer.status_code, answer.location) == (303, "/settings/security"), route
    assert closed > 80


def test_only_what_adds_a_factor_or_leaves_is_open_meanwhile(app: Flask) -> None:
    found = {rule.endpoint for rule in app.url_map.iter_rules() if is_enrolment(rule.endpoint)}
    assert found == {
        "users.security",
        "users.authenticator",
        "users.add_authenticator",
        "users.passkey_options",
        "users.add_passkey",
        "users.sign_in_again",
        "users.sign_in_again_post",
        "users.sign_in_again_options",
        "users.sign_out",
    }


def test_one_adds_an_app_right_after_signing_in_and_goes_where_one_wanted(
    app: Flask, compulsory: Cast, with_password: Callable[[Actor], str]
) -> None:
    email, client = with_password(compulsory.bob), app.test_client()
    landed = client.get(sign_in(client, email, next="/clients?q=a").location)
    assert landed.location == "/settings/security"
    page = client.get("/settings/security").get_data(as_text=True)
    assert "Protéger votre compte" in page and 'class="nav"' not in page and 'name="actor"' not in page
    assert 'src="data:image/svg+xml' in client.get("/settings/security/app").get_data(as_text=True)
    sealed, typed = offered(client)
    fields = {"csrf_token": csrf_of(client, APP), "secret": sealed, "code": shown(typed)}
    given = client.post(APP, data=fields).get_data(as_text=True)
    assert len(re.findall(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", given)) == 10
    assert 'href="/clients?q=a"' in given
    assert client.get("/clients").status_code == 200
    assert client.get("/api/v1/session").status_code == 200


def test_one_adds_a_passkey_instead(compulsory: Cast, browser_of: BrowserOf) -> None:
    client, phone = browser_of(compulsory.bob), Phone()
    challenge = challenge_of(client, "/settings/security/passkeys/options", "/settings/security")
    token = csrf_of(client, "/settings/security")
    fields = {"csrf_token": token, "name": "Téléphone", "credential": phone.create(challenge)}
    added = client.post("/settings/security/passkeys", data=fields)
    assert added.status_code == 200 and "Dix codes" in added.get_data(as_text=True)
    assert "Téléphone" in client.get("/settings/security").get_data(as_text=True)
    refused = client.post("/settings/security/passkeys", data=fields)
    assert refused.status_code == 422


def test_another_role_and_programs_go_on_as_before(
    app: Flask, compulsory: Cast, browser_of: BrowserOf, api_of: Callable[[Actor], dict[str, str]]
) -> None:
    assert browser_of(compulsory.david).get("/clients").status_code == 200
    answer = app.test_client().get("/api/v1/clients", headers=api_of(compulsory.bob))
    assert answer.status_code == 200


def test_a_session_kept_open_elsewhere_does_not_profit_from_the_new_factor(
    compulsory: Cast, browser_of: BrowserOf
) -> None:
    thief, owner = browser_of(compulsory.bob), browser_of(compulsory.bob)
    sealed, typed = offered(owner)
    fields = {"csrf_token": csrf_of(owner, APP), "secret": sealed, "code": shown(typed)}
    assert owner.post(APP, data=fields).status_code == 200
    assert thief.get("/clients").location.startswith("/sign-in")
    assert owner.get("/clients").status_code == 200


def test_administrators_choose_the_roles_on_the_company_page(
    browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    ada = browser_of(cast.ada)
    token = csrf_of(ada, "/settings/company")
    data = {"csrf_token": token, "role": ["cfo", "credit_manager"]}
    assert ada.post("/settings/company/second-factor", data=data).status_code == 303
    page = ada.get("/settings/company").get_data(as_text=True)
    assert re.findall(r'name="role" value="(\w+)" checked', page) == ["credit_manager", "cfo"]
    assert post(ada, "/settings/company/second-factor", role="boss").status_code == 422
    assert post(browser_of(cast.bob), "/settings/company/second-factor", role="cfo").status_code == 403
    assert post(ada, "/settings/company/second-factor").status_code == 303
    assert queries.second_factor_roles() == []


def test_an_administrator_takes_a_lost_factor_away_on_the_persons_page(
    app: Flask, browser_of: BrowserOf, cast: Cast, post: Post, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(cast.bob)
    with_app(cast.bob)
    ada, bob, page = browser_of(cast.ada), browser_of(cast.bob), f"/settings/people/{cast.bob.user_id}"
    assert "Retirer son second facteur" in ada.get(page).get_data(as_text=True)
    assert post(ada, f"{page}/second-factor/reset").location == page
    assert "Retirer son second facteur" not in ada.get(page).get_data(as_text=True)
    assert bob.get("/clients").location.startswith("/sign-in")
    assert sign_in(app.test_client(), email).location == "/"


def test_the_command_gives_the_last_administrator_a_way_back(app: Flask, cast: Cast) -> None:
    with_app(cast.ada)
    done = app.test_cli_runner().invoke(args=["users", "reset-second-factor", "--email", "ada@encours.test"])
    assert done.exit_code == 0, done.output
    assert not queries.has_second_factor(cast.ada.user_id)


def test_my_page_lists_what_i_have_and_takes_it_away(browser_of: BrowserOf, cast: Cast, post: Post) -> None:
    client = browser_of(cast.bob)
    sealed, typed = offered(client)
    wrong = post(client, APP, secret=sealed, code="000000")
    assert wrong.status_code == 422
    assert typed in wrong.get_data(as_text=True)
    assert post(client, APP, secret=sealed, code=shown(typed)).status_code == 200
    assert "10 codes restants" in client.get("/settings/security").get_data(as_text=True)
    renewed = post(client, "/settings/security/codes").get_data(as_text=True)
    assert "Dix codes" in renewed
    assert offered(client)[1] != typed
    assert post(client, "/settings/security/app/remove").status_code == 303
    assert post(client, "/settings/security/codes").status_code == 422
    assert not queries.has_second_factor(cast.bob.user_id)


def test_an_app_is_set_up_with_the_secret_the_person_was_offered_within_the_hour(
    browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    bob, david = browser_of(cast.bob), browser_of(cast.david)
    sealed, typed = offered(bob)
    for foreign in (offered(david)[0], "made up", sealed[:-2], ""):
        assert post(bob, APP, secret=foreign, code=shown(typed)).location == APP
    with time_machine.travel(now() + timedelta(hours=1, seconds=2)):
        with unit_of_work() as work:
            for row in work.scalars(select(UserSession)):
                row.proved_at = now()
        assert post(bob, APP, secret=sealed, code=shown(typed)).location == APP
    assert not queries.has_second_factor(cast.bob.user_id)


@pytest.mark.usefixtures("at_the_desk")
def test_a_tap_stands_for_the_password_where_a_factor_is_compulsory_and_for_all_elsewhere(
    app: Flask, cast: Cast
) -> None:
    alice, bob = (queries.find_user_by_email(f"{name}@encours.demo") for name in ("alice", "bob"))
    assert alice is not None and bob is not None
    secrets = {}
    for user in (alice, bob):
        actor = queries.find_user_actor(user.id)
        assert actor is not None
        secrets[user.handle] = with_app(actor)[1]
    with unit_of_work():
        services.set_second_factor_roles(cast.ada, ["credit_manager"])
    client = app.test_client()
    assert client.post("/sign-in/as/bob", data={"csrf_token": csrf_of(client)}).location == "/"
    assert client.get("/clients").status_code == 200
    client = app.test_client()
    tapped = client.post("/sign-in/as/alice", data={"csrf_token": csrf_of(client)})
    assert tapped.location == "/sign-in/second"
    assert client.get("/clients").status_code == 302
    assert second(client, code=code_of(secrets[alice.handle])).status_code == 303
    assert client.get("/clients").status_code == 200
