"""Acts shown in threads: a card for each reader, changed by nobody here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden
from webapp.core.ids import new_id
from webapp.threads import acts, queries
from webapp.threads.models import Message
from webapp.threads.services import delete_message, edit_message, post_act
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


@pytest.fixture
def wagers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[uuid.UUID, str]:
    """A kind of act that after-sales does not see; its contents by id."""
    contents: dict[uuid.UUID, str] = {}

    def cards(actor: Actor, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
        return {} if actor.role == "after_sales" else {found: contents[found] for found in ids}

    pages = DictLoader({"wagers/_card.html": "<b>{{ card }}</b>"})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([pages, app.jinja_env.loader]))  # type: ignore[list-item]
    monkeypatch.setattr(acts, "_kinds", {})
    acts.register(acts.ActKind("wager", "wagers/_card.html", cards))
    return contents


@pytest.fixture
def thread_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast), 846_000, ref="F-1187").id


def show(actor: Actor, thread_id: uuid.UUID, act_id: uuid.UUID) -> Message:
    with unit_of_work():
        return post_act(
            actor, thread_id, client_id=new_id(), kind="wager", act_id=act_id, body="Pari : 3 jours"
        )


def test_an_act_is_a_card_for_each_reader_and_plain_words_elsewhere(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID, wagers: dict[uuid.UUID, str]
) -> None:
    act_id = new_id()
    wagers[act_id] = "Paie avant jeudi"
    message = show(cast.bob, thread_id, act_id)
    shown = queries.present_one(message.id)
    assert (shown["kind"], shown["act"], shown["body"]) == (
        "act",
        {"kind": "wager", "id": str(act_id)},
        "Pari : 3 jours",
    )
    page = browser_of(cast.alice).get(f"/invoices/{thread_id}").text
    assert "<b>Paie avant jeudi</b>" in page
    hidden = browser_of(cast.david).get(f"/invoices/{thread_id}").text
    assert "Paie avant jeudi" not in hidden and "Vous ne voyez pas cet acte." in hidden
    assert "Pari : 3 jours" in browser_of(cast.chloe).get("/threads").text


def test_a_card_alone_is_as_the_act_stands_now(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID, wagers: dict[uuid.UUID, str]
) -> None:
    act_id = new_id()
    wagers[act_id] = "Paie avant jeudi"
    show(cast.bob, thread_id, act_id)
    address = f"/threads/{thread_id}/acts/wager/{act_id}"
    assert "Paie avant jeudi" in browser_of(cast.alice).get(address).text
    wagers[act_id] = "A payé"
    assert "A payé" in browser_of(cast.alice).get(address).text
    elsewhere = make_invoice(cast, make_client(cast), 1_000).id
    assert browser_of(cast.alice).get(f"/threads/{elsewhere}/acts/wager/{act_id}").status_code == 404
    assert browser_of(cast.oscar).get(address).status_code == 404


def test_nobody_rewords_or_takes_back_a_card(
    cast: Cast, thread_id: uuid.UUID, wagers: dict[uuid.UUID, str]
) -> None:
    message = show(cast.bob, thread_id, new_id())
    with pytest.raises(Forbidden), unit_of_work():
        edit_message(cast.bob, message.id, "autre chose")
    with pytest.raises(Forbidden), unit_of_work():
        delete_message(cast.bob, message.id)


def test_many_cards_of_a_kind_are_read_at_once(
    cast: Cast,
    thread_id: uuid.UUID,
    wagers: dict[uuid.UUID, str],
    browser_of: Browser,
    count_queries: Callable[[], object],
) -> None:
    say(cast.bob, thread_id)
    browser = browser_of(cast.alice)
    browser.get(f"/invoices/{thread_id}")
    with count_queries() as before:  # type: ignore[attr-defined]
        browser.get(f"/invoices/{thread_id}")
    for number in range(5):
        act_id = new_id()
        wagers[act_id] = f"pari {number}"
        show(cast.bob, thread_id, act_id)
    with count_queries() as after:  # type: ignore[attr-defined]
        assert "pari 4" in browser.get(f"/invoices/{thread_id}").text
    assert len(after) == len(before)
