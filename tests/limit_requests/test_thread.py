"""The conversation about a request: for those who see limits, whatever else they see of the client."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, NotFound
from webapp.realtime import audience
from webapp.tasks.services import Draft, add_task
from webapp.threads.queries import list_conversations
from webapp.threads.queries.people import list_mentionable
from webapp.threads.rules import client_thread_of
from webapp.threads.services import post_message
from webapp.threads.subjects import get_subject, read_subject

Browser = Callable[..., FlaskClient]
Headers = Callable[..., dict[str, str]]
CANARY = "Leur banque coupe la ligne vendredi"


def say(actor: object, thread_id: object, body: str = CANARY) -> None:
    with unit_of_work():
        post_message(actor, thread_id, client_id=uuid4(), body=body)


def test_after_sales_sees_the_client_and_nothing_of_what_is_said_about_its_limit(
    cast: Cast, app: Flask, api_of: Headers, browser_of: Browser
) -> None:
    client = make_client(cast)
    request = limit_request(cast.bob, client)
    say(cast.bob, request.id, f"@{cast.chloe.handle} @{cast.david.handle} @sav {CANARY}")
    assert get_subject(cast.david, client.id)
    with pytest.raises(NotFound):
        get_subject(cast.david, request.id)
    with pytest.raises(NotFound):
        say(cast.david, request.id, "Et moi ?")
    assert not audience.may_hear(cast.david, request.id)
    assert audience.may_hear(cast.chloe, request.id)
    subject = read_subject(request.id)
    assert cast.david.user_id not in {each.user_id for each in list_mentionable(subject)}
    http, david = app.test_client(), api_of(cast.david)
    for path in ("", "/messages", "/search?q=banque", "/followers", "/links?from_seq=1&to_seq=5"):
        assert http.get(f"/api/v1/threads/{request.id}{path}", headers=david).status_code == 404, path
    assert list_conversations(cast.david, named="plafond")["items"] == []
    for page in ("/threads", "/", f"/clients/{client.id}", f"/clients/{client.id}/thread", "/notifications"):
        assert CANARY not in browser_of(cast.david).get(page).text, page
    assert browser_of(cast.david).get(f"/limit-requests/{request.id}/thread").status_code == 404


def test_those_who_see_limits_talk_about_it_and_find_it_again(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast, legal_name="Delorme")
    request = limit_request(cast.bob, client)
    say(cast.bob, request.id)
    say(cast.chloe, request.id, "Vu avec eux ce matin")
    found = list_conversations(cast.chloe)["items"]
    assert [(each["label"], each["last_seq"]) for each in found] == [("Demande de plafond · Delorme", 2)]
    assert found[0]["url"] == f"/limit-requests/{request.id}/thread"
    chloe = browser_of(cast.chloe)
    page = chloe.get(found[0]["url"]).text
    assert CANARY in page and "Message au client" not in page
    assert "En faire…" not in page, "what all who see the client would see is not made here"
    assert "2 messages" in chloe.get(f"/limit-requests/{request.id}").text


def test_nothing_of_it_is_for_the_client_and_nothing_goes_out_of_it(cast: Cast) -> None:
    client = make_client(cast)
    request = limit_request(cast.bob, client)
    with pytest.raises(NotFound):
        get_subject(cast.alice, client_thread_of(request.id))
    with pytest.raises(NotFound):
        say(cast.alice, client_thread_of(request.id))
    with pytest.raises(Forbidden), unit_of_work():
        add_task(cast.bob, Draft(request.id, CANARY, cast.chloe.user_id, today()))
