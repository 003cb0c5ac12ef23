"""Looking into a thread: search, earlier wordings, readers, any place of it, cards of what is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import NotFound
from webapp.core.ids import new_id
from webapp.threads import queries, services
from webapp.threads.finding import excerpt_around, words_of
from webapp.threads.jobs import index
from webapp.threads.linking import may_be_ref, named_in
from webapp.threads.models import Message
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


@pytest.fixture
def thread_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast, ref="C-DELORME"), 120_000, due_in=-9, ref="F-1187").id


def found(actor: Actor, thread_id: uuid.UUID, asked: str) -> list[int]:
    """What is found before the worker has come by, and after: the same."""
    fresh = [each["seq"] for each in queries.search_thread(actor, thread_id, asked).items]
    index()
    assert [each["seq"] for each in queries.search_thread(actor, thread_id, asked).items] == fresh, asked
    return fresh


def test_words_are_found_without_accents_case_or_end_all_of_them(cast: Cast, thread_id: uuid.UUID) -> None:
    for body in (
        "La palette était ABÎMÉE",
        "Palettes manquantes : 3",
        "L’Œuvre n°F-1187/2026 réglée",
        "Rien",
    ):
        say(cast.bob, thread_id, body)
    for asked, seqs in {
        "palette": [2, 1],
        "abimee": [1],
        "ABÎM": [1],
        "palette etait": [1],
        "palette 3": [2],
        "F-1187": [3],
        "regle": [3],
        "œuvre": [3],
        "alette": [],
        "palette rien": [],
        "  ": [],
        "\"*' OR -^(": [],
        "NEAR(a b)": [],
        "body:palette": [],
        "\x00": [],
        "x" * 300: [],
    }.items():
        assert found(cast.alice, thread_id, asked) == seqs, asked


def test_a_thread_is_searched_alone_and_only_by_who_may_read_it(cast: Cast, thread_id: uuid.UUID) -> None:
    other = make_invoice(cast, make_client(cast)).id
    say(cast.bob, thread_id, "palette")
    say(cast.bob, other, "palette")
    say(cast.bob, other, "palette")
    assert (found(cast.bob, thread_id, "palette"), found(cast.bob, other, "palette")) == ([1], [2, 1])
    with pytest.raises(NotFound):
        found(cast.oscar, thread_id, "palette")
    assert found(cast.bob, make_invoice(cast, make_client(cast)).id, "palette") == []


def test_the_index_follows_what_is_reworded_and_taken_back(cast: Cast, thread_id: uuid.UUID) -> None:
    message_id = say(cast.bob, thread_id, "palette").id
    with unit_of_work():
        services.edit_message(cast.bob, message_id, "carton")
    assert (found(cast.bob, thread_id, "palette"), found(cast.bob, thread_id, "carton")) == ([], [1])
    with unit_of_work():
        services.delete_message(cast.bob, message_id)
    assert found(cast.bob, thread_id, "carton") == []


def test_what_is_indexed_and_what_is_new_are_one_list(cast: Cast, thread_id: uuid.UUID) -> None:
    for number in range(4):
        say(cast.bob, thread_id, f"palette {number}")
    index()
    for number in range(3):
        say(cast.bob, thread_id, f"palette {number}")
    page = queries.search_thread(cast.bob, thread_id, "palette", limit=5)
    assert ([each["seq"] for each in page.items], page.more) == ([7, 6, 5, 4, 3], True)
    rest = queries.search_thread(cast.bob, thread_id, "palette", before_seq=3, limit=5)
    assert ([each["seq"] for each in rest.items], rest.more) == ([2, 1], False)


def test_results_come_page_by_page_with_an_excerpt(
    app: Any, cast: Cast, api_of: Callable[[Actor], dict[str, str]], thread_id: uuid.UUID
) -> None:
    for number in range(5):
        say(cast.bob, thread_id, f"{'mot ' * 60}numéro {number} la Palétte {'fin ' * 60}")
    http, headers = app.test_client(), api_of(cast.alice)
    url = f"/api/v1/threads/{thread_id}/search?q=palette&limit=3"
    first = http.get(url, headers=headers).json
    second = http.get(f"{url}&cursor={first['next_cursor']}", headers=headers).json
    assert [each["seq"] for each in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next_cursor"] is None
    start, end = first["items"][0]["hit"]
    assert first["items"][0]["excerpt"][start:end] == "Palétte"
    assert len(first["items"][0]["excerpt"]) <= 142


@pytest.mark.parametrize("body", ["", "ﬀ ﬁ İ", "é" * 400, "a\u0301" * 200, "🏳️‍🌈 palette", "ß"])
def test_an_excerpt_is_cut_from_any_text(body: str) -> None:
    piece, start, end = excerpt_around(body, words_of("palette a"))
    assert 0 <= start <= end <= len(piece) <= 142


def test_earlier_wordings_are_read_by_who_may_read_the_thread_until_it_is_deleted(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    message_id = say(cast.bob, thread_id, "premier jet <b>").id
    with unit_of_work():
        services.edit_message(cast.bob, message_id, "second jet")
        services.edit_message(cast.bob, message_id, "troisième jet")
    versions = queries.list_versions(cast.alice, message_id)
    assert [each["body"] for each in versions] == ["premier jet <b>", "second jet", "troisième jet"]
    assert [each["at"] for each in versions] == sorted(each["at"] for each in versions)
    page = browser_of(cast.alice).get(f"/messages/{message_id}/versions").text
    assert "premier jet &lt;b&gt;" in page and "Version d’origine" in page
    assert browser_of(cast.oscar).get(f"/messages/{message_id}/versions").status_code == 404
    with unit_of_work():
        services.delete_message(cast.bob, message_id)
    for path in (f"/messages/{message_id}/versions", f"/messages/{new_id()}/versions"):
        assert browser_of(cast.bob).get(path).status_code == 404


def test_who_has_read_a_message_and_how_far_the_others_are(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    messages = [say(cast.bob, thread_id, str(number)) for number in range(3)]
    with unit_of_work():
        services.mark_read(cast.alice, thread_id, 3)
        services.mark_read(cast.chloe, thread_id, 1)
    readers = {each["name"]: each for each in queries.list_readers(cast.bob, messages[2].id)}
    assert (readers[cast.alice.name]["read"], readers[cast.chloe.name]["read"]) == (True, False)
    assert readers[cast.chloe.name]["seq"] == 1 and cast.bob.name not in readers
    page = browser_of(cast.bob).get(f"/messages/{messages[2].id}/readers").text
    assert cast.alice.name in page and "2 messages plus haut" in page
    assert browser_of(cast.nadia).get(f"/messages/{messages[2].id}/readers").status_code == 404


def test_a_thread_opens_at_any_message_and_goes_on_both_ways(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    with unit_of_work():
        services.post_messages(
            [services.Draft(cast.alice, thread_id, new_id(), f"n° {number}") for number in range(1, 201)]
        )
        services.mark_read(cast.bob, thread_id, 60)
    bob, page = browser_of(cast.bob), f"/invoices/{thread_id}"

    def shown(query: str) -> tuple[int, int, bool, bool]:
        text = bob.get(page + query).text
        seqs = [n for n in range(1, 201) if f'id="m-{n}"' in text]
        return seqs[0], seqs[-1], "Messages précédents" in text, "Messages suivants" in text

    assert shown("?seq=100") == (75, 124, True, True)
    assert shown("?seq=3") == (1, 50, False, True)
    assert shown("?seq=200") == (175, 200, True, False)
    assert shown("?after_seq=124") == (125, 174, True, True)
    assert shown("?before_seq=75") == (25, 74, True, True)
    assert shown("") == (151, 200, True, False)
    assert f"{page}?seq=61#nouveaux" in bob.get(page).text
    assert 'id="nouveaux"' in bob.get(page + "?seq=61").text


@pytest.mark.parametrize(
    ("word", "likely"),
    [
        ("F-1187", True), ("FA2026-0001", True), ("2026/00123", True), ("12345", True), ("C-LYON", True),
        ("1200", False), ("12:30", False), ("9h30", False), ("150€", False), ("15j", False),
        ("https://a.fr/F-1", False), ("bonjour", False), ("A1", False),
        ("x" * 65 + "1", False), ("peut-être", False),
    ],
)  # fmt: skip
def test_what_may_be_a_reference(word: str, likely: bool) -> None:
    assert may_be_ref(word) is likely


def test_references_and_addresses_are_read_out_of_a_text() -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    named = named_in(f"Voir F-1187, (F-1188) et https://x.fr/invoices/{one}#m-3 puis /clients/{two}.")
    assert named.refs == ("F-1187", "F-1188")
    assert named.ids == {"invoices": (one,), "clients": (two,)}
    assert not named_in("Bonjour, ça va ?")


@pytest.mark.promise("R6")
def test_a_card_shows_each_reader_what_they_may_see(cast: Cast, thread_id: uuid.UUID) -> None:
    far = make_client(cast, rep=cast.nadia, branch="Nantes", ref="C-NANTES", legal_name="Nantaise")
    make_invoice(cast, far, 99_000, ref="F-9999")
    near = make_invoice(cast, make_client(cast, legal_name="Voisine"), 55_000, due_in=-3, ref="F-2000")
    say(cast.alice, thread_id, f"F-1187, f-2000, F-9999 et /clients/{far.id} ; C-DELORME. F-0000 ?")

    def cards(actor: Actor) -> dict[str, Any]:
        items = queries.list_links(actor, thread_id, 1, 50)
        return {card["title"]: card for item in items for card in item["links"]}

    alice, bob, david = cards(cast.alice), cards(cast.bob), cards(cast.david)
    assert {"Nantaise", "F-2000", "F-9999"} <= set(alice) and "F-1187" not in alice
    assert "F-2000" in bob and not {"Nantaise", "F-9999"} & set(bob)
    assert bob["F-2000"]["amount"] == {"amount": 55_000, "currency": "EUR"}
    assert (bob["F-2000"]["state"], bob["F-2000"]["days_late"]) == ("overdue", 3)
    assert bob["F-2000"]["url"] == f"/invoices/{near.id}"
    client = next(card for card in david.values() if card["kind"] == "client")
    assert client["amount"] is None and client["state"] is None
    with pytest.raises(NotFound):
        queries.list_links(cast.oscar, thread_id, 1, 50)


def test_cards_cost_the_same_however_many_messages(
    cast: Cast, count_queries: Callable[[], Any], thread_id: uuid.UUID
) -> None:
    client = make_client(cast)
    for number in range(12):
        make_invoice(cast, client, 1_000, ref=f"F-77{number:02d}")
    counts = []
    for number in range(12):
        say(cast.bob, thread_id, f"Voir F-77{number:02d}")
        with count_queries() as sql:
            assert len(queries.list_links(cast.bob, thread_id, 1, 50)) == number + 1
        counts.append(len(sql))
    assert max(counts) == min(counts) <= 5


def test_deleted_messages_have_no_card(cast: Cast, thread_id: uuid.UUID) -> None:
    make_invoice(cast, make_client(cast), 1_000, ref="F-3000")
    message_id = say(cast.bob, thread_id, "F-3000").id
    with unit_of_work() as session:
        session.execute(update(Message).values(created_at=now() - timedelta(minutes=1)))
        services.delete_message(cast.bob, message_id)
    assert queries.list_links(cast.bob, thread_id, 1, 50) == []
