"""Who I am and whom I may mention, for programs."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.users import services
from webapp.users.actor import Actor

BrowserOf = Callable[[Actor], FlaskClient]
HeadersOf = Callable[[Actor], dict[str, str]]


def test_a_browser_learns_who_it_acts_for_and_gets_a_token_that_works(
    browser_of: BrowserOf, cast: Cast
) -> None:
    client = browser_of(cast.chloe)
    said = client.get("/api/v1/session").json
    assert said["id"] == str(cast.chloe.user_id)
    assert (said["name"], said["handle"], said["initials"]) == ("Chloé Vidal", "chloe", "CV")
    assert (said["role"], said["locale"]) == ("branch_manager", "fr")
    assert said["branch"] == {"id": str(cast.lyon.id), "name": "Lyon"}
    assert "alert.acknowledge" in said["rights"] and "bank.read" not in said["rights"]
    assert set(said["counts"]) == {"unread_threads", "open_alerts"}
    answer = client.post("/settings/sessions/end-others", headers={"X-CSRFToken": said["csrf_token"]})
    assert answer.status_code == 303


def test_a_token_acts_as_its_owner_and_needs_no_csrf_token(app: Flask, cast: Cast, api_of: HeadersOf) -> None:
    client = app.test_client()
    answer = client.get("/api/v1/session", headers=api_of(cast.sonia))
    assert (answer.json["handle"], answer.json["csrf_token"]) == ("sonia", None)
    assert "Set-Cookie" not in answer.headers
    assert client.get("/api/v1/session", headers={"Authorization": "Bearer enc_no"}).status_code == 401


def test_colleagues_are_suggested_without_their_addresses(app: Flask, cast: Cast, api_of: HeadersOf) -> None:
    client, headers = app.test_client(), api_of(cast.bob)

    def names(query: str) -> list[str]:
        items = client.get(f"/api/v1/people?q={query}", headers=headers).json["items"]
        assert all(set(item) == {"id", "name", "handle", "role", "initials"} for item in items)
        return [item["handle"] for item in items]

    assert names("chlo") == ["chloe"]
    assert names("VIDAL") == ["chloe"]
    assert names("@da") == ["david"]
    assert names("o") == ["oscar"]
    assert len(names("")) == 9
    with unit_of_work():
        services.set_active(cast.ada, cast.oscar.user_id, False)
    assert names("o") == []


def test_at_most_twenty_are_suggested_for_a_query_of_sensible_length(
    app: Flask, cast: Cast, api_of: HeadersOf
) -> None:
    with unit_of_work():
        for number in range(25):
            services.create_user(
                cast.ada, email=f"n{number}@x.fr", name=f"Noé {number}", role="cfo", branch=cast.lyon
            )
    client, headers = app.test_client(), api_of(cast.bob)
    assert len(client.get("/api/v1/people?q=noe", headers=headers).json["items"]) == 20
    refused = client.get(f"/api/v1/people?q={'x' * 101}", headers=headers)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["q"])
