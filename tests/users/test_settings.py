"""My settings, and those of administrators, as pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.people import Cast
from tests.users.conftest import PASSWORD, Post, csrf_of
from webapp.core.db import unit_of_work
from webapp.extensions import db as database
from webapp.users import queries, services
from webapp.users.actor import Actor
from webapp.users.models import Branch, User, UserSession

BrowserOf = Callable[[Actor], FlaskClient]
MINE = ("", "/profile", "/password", "/sessions", "/tokens", "/notifications", "/about")
ADMIN = ("/people", "/people/new", "/branches", "/company")


@pytest.mark.parametrize("path", MINE)
def test_everyone_opens_their_settings_in_few_queries(
    browser_of: BrowserOf, cast: Cast, count_queries: Callable[[], object], path: str
) -> None:
    client = browser_of(cast.david)
    with count_queries() as sql:  # type: ignore[attr-defined]
        answer = client.get(f"/settings{path}")
    assert answer.status_code == 200
    assert len(sql) <= 12
    assert 'href="/settings/people"' not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ADMIN)
def test_administrators_open_theirs_and_nobody_else_does(
    browser_of: BrowserOf, cast: Cast, count_queries: Callable[[], object], path: str
) -> None:
    client = browser_of(cast.ada)
    with count_queries() as sql:  # type: ignore[attr-defined]
        answer = client.get(f"/settings{path}")
    assert answer.status_code == 200
    assert len(sql) <= 12
    for actor in (cast.emma, cast.bob):
        assert browser_of(actor).get(f"/settings{path}").status_code == 403


def test_a_profile_is_kept_and_answers_in_the_language_chosen(
    browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    client = browser_of(cast.bob)
    fields = {"name": " Bob  Martin-Roy ", "phone": "+33 6 12", "locale": "en", "theme": "dark"}
    answer = post(client, "/settings/profile", **fields)
    assert (answer.status_code, answer.location) == (303, "/settings/profile")
    page = client.get("/settings/profile").get_data(as_text=True)
    assert '<html lang="en" data-theme="dark"' in page
    assert 'value="Bob Martin-Roy"' in page


def test_a_faulty_profile_comes_back_with_what_was_written(
    browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    fields = {"name": "", "phone": "abc", "locale": "fr", "theme": "dark"}
    answer = post(browser_of(cast.bob), "/settings/profile", **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="abc"' in text and "Indiquez un nom." in text
    assert text.count('aria-invalid="true"') == 2


def test_changing_the_password_asks_for_the_current_one_and_ends_other_sessions(
    browser_of: BrowserOf, cast: Cast, post: Post, with_password: Callable[[Actor], str]
) -> None:
    with_password(cast.bob)
    here, elsewhere = browser_of(cast.bob), browser_of(cast.bob)
    fresh = "encore plus solide"
    wrong = post(here, "/settings/password", current="faux", password=fresh, again=fresh)
    assert "pas votre mot de passe actuel" in wrong.get_data(as_text=True)
    short = post(here, "/settings/password", current=PASSWORD, password="court", again="court")
    assert "au moins 10 caractères" in short.get_data(as_text=True)
    other = post(here, "/settings/password", current=PASSWORD, password=fresh, again="autre")
    assert "diffèrent" in other.get_data(as_text=True)
    assert elsewhere.get("/settings").status_code == 200
    done = post(here, "/settings/password", current=PASSWORD, password=fresh, again=fresh)
    assert done.status_code == 303
    assert here.get("/settings").status_code == 200
    assert elsewhere.get("/settings").status_code == 302


def test_devices_are_listed_in_words_and_ended_one_by_one_or_all_others(
    browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    here, other, third = (browser_of(cast.bob) for _ in range(3))
    with unit_of_work() as session:
        rows = session.scalars(select(UserSession).order_by(UserSession.id)).all()
        rows[1].user_agent = "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36"
        ids = [row.id for row in rows]
    page = here.get("/settings/sessions").get_data(as_text=True)
    assert "Chrome sur Android" in page and page.count("Cet appareil") == 1
    assert f"/sessions/{ids[0]}/end" not in page
    assert post(here, f"/settings/sessions/{ids[1]}/end").status_code == 303
    assert (other.get("/settings").status_code, third.get("/settings").status_code) == (302, 200)
    assert post(here, "/settings/sessions/end-others").status_code == 303
    assert third.get("/settings").status_code == 302
    stranger = browser_of(cast.david)
    assert post(stranger, f"/settings/sessions/{ids[0]}/end").status_code == 404
    assert here.get("/settings").status_code == 200


def test_a_token_is_shown_once_opens_the_api_and_ends(
    app: Flask, browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    client = browser_of(cast.bob)
    text = post(client, "/settings/tokens", label="Export").get_data(as_text=True)
    token = re.search(r"enc_[\w-]{43}", text)
    assert token is not None
    headers = {"Authorization": f"Bearer {token[0]}"}
    assert app.test_client().get("/api/v1/session", headers=headers).json["name"] == "Bob Martin"
    page = client.get("/settings/tokens").get_data(as_text=True)
    assert token[0] not in page and "Export" in page
    ending = re.search(r"/settings/tokens/[\w-]+/end", page)
    assert ending is not None
    assert post(client, ending[0]).status_code == 303
    assert app.test_client().get("/api/v1/session", headers=headers).status_code == 401


def test_people_are_found_created_placed_and_shut_out(browser_of: BrowserOf, cast: Cast, post: Post) -> None:
    ada, bob = browser_of(cast.ada), browser_of(cast.bob)
    found = ada.get("/settings/people?q=CHLOE").get_data(as_text=True)
    assert "Chloé Vidal" in found and "Bob Martin" not in found
    assert "Personne pour" in ada.get("/settings/people?q=zzz").get_data(as_text=True)
    fields = {"name": "Zoé Petit", "email": "zoe@encours.test", "role": "cfo", "branch_id": str(cast.lyon.id)}
    made = post(ada, "/settings/people", **fields)
    assert made.status_code == 303
    assert "Zoé Petit" in ada.get(made.location).get_data(as_text=True)
    again = post(
        ada,
        "/settings/people",
        **fields,
    )
    assert again.status_code == 422
    assert "a déjà un compte" in again.get_data(as_text=True)
    assert post(ada, "/settings/people", **{**fields, "branch_id": "x"}).status_code == 422
    person = f"/settings/people/{cast.bob.user_id}"
    assert post(ada, f"{person}/place", role="after_sales", branch_id=str(cast.nantes.id)).status_code == 303
    assert bob.get("/api/v1/session").json["role"] == "after_sales"
    assert post(ada, f"{person}/place", role="boss", branch_id=str(cast.nantes.id)).status_code == 422
    assert post(ada, f"{person}/sessions/end").status_code == 303
    assert bob.get("/settings").status_code == 302
    assert post(ada, f"{person}/active", active="0").status_code == 303
    assert "Réactiver" in ada.get(person).get_data(as_text=True)
    assert post(ada, f"{person}/password-link").status_code == 404
    assert post(ada, f"{person}/active", active="1").status_code == 303
    own = post(ada, f"/settings/people/{cast.ada.user_id}/active", active="0")
    assert own.status_code == 422
    assert "votre propre compte" in own.get_data(as_text=True)
    assert ada.get("/settings/people/01a2015e-0000-7000-8000-000000000000").status_code == 404
    assert post(bob_again(browser_of, cast), f"{person}/password-link").status_code == 403


def bob_again(browser_of: BrowserOf, cast: Cast) -> FlaskClient:
    return browser_of(cast.bob)


def test_a_password_link_works_once_and_ends_every_session(
    app: Flask, browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    ada, bob = browser_of(cast.ada), browser_of(cast.bob)
    text = post(ada, f"/settings/people/{cast.bob.user_id}/password-link").get_data(as_text=True)
    link = re.search(r'value="(http://localhost/password/[^"]+)"', text)
    assert link is not None
    path, visitor = urlsplit(link[1]).path, app.test_client()
    assert "bob@encours.test" in visitor.get(path).get_data(as_text=True)
    token = csrf_of(visitor, path)
    uneven = visitor.post(path, data={"csrf_token": token, "password": PASSWORD, "again": "x"})
    assert uneven.status_code == 422
    done = visitor.post(path, data={"csrf_token": token, "password": PASSWORD, "again": PASSWORD})
    assert (done.status_code, done.location) == (303, "/sign-in")
    assert "Votre mot de passe est enregistré." in visitor.get("/sign-in").get_data(as_text=True)
    assert bob.get("/settings").status_code == 302
    assert visitor.get(path).status_code == 404
    assert visitor.get("/password/made-up").status_code == 404
    user = database.session.get_one(User, cast.bob.user_id)
    assert user.password is not None and user.password.startswith("$argon2id$")


def test_a_link_of_someone_disabled_since_opens_nothing(
    app: Flask, browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    text = post(browser_of(cast.ada), f"/settings/people/{cast.bob.user_id}/password-link").get_data(
        as_text=True
    )
    link = re.search(r'value="http://localhost(/password/[^"]+)"', text)
    assert link is not None
    with unit_of_work():
        services.set_active(cast.ada, cast.bob.user_id, False)
    assert app.test_client().get(link[1]).status_code == 404


def test_branches_form_a_tree_that_administrators_grow_and_rename(
    browser_of: BrowserOf, cast: Cast, post: Post
) -> None:
    ada = browser_of(cast.ada)
    assert post(ada, "/settings/branches", name="Lyon-Est", parent_id=str(cast.lyon.id)).status_code == 303
    places = [(place.name, place.depth) for place in queries.list_places()]
    assert places == [("Siège", 0), ("Lyon", 1), ("Lyon-Est", 2), ("Nantes", 1)]
    taken = post(ada, "/settings/branches", name="Lyon", parent_id="")
    assert taken.status_code == 422
    assert "porte déjà ce nom" in taken.get_data(as_text=True)
    path = f"/settings/branches/{cast.nantes.id}"
    assert 'value="Nantes"' in ada.get(path).get_data(as_text=True)
    assert post(ada, path, name="Rezé").status_code == 303
    assert post(ada, path, name="").status_code == 422
    assert database.session.scalar(select(Branch.name).where(Branch.id == cast.nantes.id)) == "Rezé"
    assert ada.get("/settings/branches/01a2015e-0000-7000-8000-000000000000").status_code == 404


def test_the_company_is_named_and_its_siren_checked(browser_of: BrowserOf, cast: Cast, post: Post) -> None:
    ada = browser_of(cast.ada)
    wrong = post(ada, "/settings/company", name="Delorme", siren="123 456 789")
    assert wrong.status_code == 422
    assert 'value="123 456 789"' in wrong.get_data(as_text=True)
    assert post(ada, "/settings/company", name="Delorme", siren="732 829 320").status_code == 303
    assert queries.company().siren == "732829320"
    assert "732829320" in browser_of(cast.bob).get("/settings/about").get_data(as_text=True)
    assert post(ada, "/settings/company", name="Delorme", siren="").status_code == 303
    assert queries.company().siren is None
