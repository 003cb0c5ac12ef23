"""Pages of threads, as they are before any script."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.threads import queries, services
from webapp.threads.models import Message, ThreadMember
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


@pytest.fixture
def thread_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast, legal_name="Delorme"), 846_000, due_in=-23, ref="F-1187").id


def post(browser: FlaskClient, page: str, action: str, **fields: str) -> Any:
    """Press a button of the page: its token goes along."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    assert found
    return browser.post(action, data={"csrf_token": found.group(1), **fields})


def test_an_invoice_shows_its_amount_its_lateness_and_its_messages(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    say(cast.david, thread_id, "C’est **pour nous** <script>x</script>")
    page = browser_of(cast.bob).get(f"/invoices/{thread_id}")
    assert page.status_code == 200
    for text in (
        "F-1187",
        "Delorme",
        "échue depuis 23 j",
        "<strong>pour nous</strong>",
        "Service après-vente",
    ):
        assert text in page.text
    assert "<script>x" not in page.text
    assert "Lu par l’équipe seulement" in page.text


def test_an_empty_thread_asks_for_the_first_question(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    assert "Personne n’a encore écrit ici" in browser_of(cast.bob).get(f"/invoices/{thread_id}").text
    assert "Aucun fil pour le moment" in browser_of(cast.bob).get("/threads").text


def test_out_of_scope_answers_404(cast: Cast, browser_of: Browser, thread_id: uuid.UUID) -> None:
    oscar = browser_of(cast.oscar)
    client_id = make_client(cast).id
    for path in (f"/invoices/{thread_id}", f"/clients/{client_id}/thread", f"/invoices/{new_id()}"):
        assert oscar.get(path).status_code == 404
    say(cast.bob, thread_id)
    assert "F-1187" not in oscar.get("/threads").text


def test_the_composer_works_as_a_plain_form(cast: Cast, browser_of: Browser, thread_id: uuid.UUID) -> None:
    bob, page, act = browser_of(cast.bob), f"/invoices/{thread_id}", str(new_id())
    for _ in range(2):
        answer = post(bob, page, f"/threads/{thread_id}/messages", body="Bonjour", client_id=act)
        assert answer.headers["Location"] == f"{page}#m-1"
    first = queries.read_page(thread_id).items[0]
    refused = post(bob, page, f"/threads/{thread_id}/messages", body="x" * 10_001)
    assert refused.status_code == 303
    assert "trop long" in bob.get(page).text
    assert f'value="{first["id"]}"' in bob.get(f"{page}?reply_to={first['id']}").text
    post(bob, page, f"/threads/{thread_id}/messages", body="Réponse", reply_to=first["id"])
    assert queries.read_page(thread_id).items[1]["quote"]["seq"] == 1
    assert f"/messages/{first['id']}/edit" in bob.get(f"{page}?edit={first['id']}").text
    post(bob, page, f"/messages/{first['id']}/edit", body="Bonsoir")
    post(bob, page, f"/messages/{first['id']}/react", emoji="👍")
    shown = queries.read_page(thread_id).items[0]
    assert (shown["body"], len(shown["reactions"])) == ("Bonsoir", 1)
    assert 'name="off"' in bob.get(page).text
    post(bob, page, f"/messages/{first['id']}/react", off="👍")
    post(bob, page, f"/messages/{first['id']}/delete")
    text = bob.get(page).text
    assert "Message supprimé" in text
    assert "Bonsoir" not in text
    assert post(bob, page, f"/threads/{thread_id}/level", level="none").status_code == 303
    assert browser_of(cast.alice).get(f"{page}?edit={first['id']}").status_code == 404


def test_the_unread_line_stands_where_reading_stopped(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    for number in range(4):
        say(cast.bob, thread_id, f"message {number}")
    with unit_of_work():
        services.mark_read(cast.chloe, thread_id, 1)
    page = browser_of(cast.chloe).get(f"/invoices/{thread_id}").text
    assert "3 nouveaux" in page
    assert page.index("message 0") < page.index("3 nouveaux") < page.index("message 1")


def test_days_are_named(cast: Cast, browser_of: Browser, thread_id: uuid.UUID) -> None:
    ids = [say(cast.bob, thread_id, "x").id for _ in range(3)]
    with unit_of_work() as session:
        session.get_one(Message, ids[0]).created_at = now() - timedelta(days=30)
        session.get_one(Message, ids[1]).created_at = now() - timedelta(days=1)
    page = browser_of(cast.bob).get(f"/invoices/{thread_id}").text
    assert page.count('class="day"') == 3
    assert page.index(">Hier</p>") < page.index(">Aujourd’hui</p>")


def test_a_breach_is_shown_to_those_who_may_know(cast: Cast, browser_of: Browser) -> None:
    from webapp.risk.services import set_limit

    client = make_client(cast)
    invoice = make_invoice(cast, client, 846_000, due_in=-23)
    with unit_of_work():
        set_limit(cast.alice, client_id=client.id, amount=700_000, source="internal")
    assert "du plafond" in browser_of(cast.bob).get(f"/invoices/{invoice.id}").text
    assert "7\u202f000" in browser_of(cast.bob).get(f"/invoices/{invoice.id}").text
    hidden = browser_of(cast.david).get(f"/invoices/{invoice.id}").text
    assert "plafond" not in hidden
    assert "7\u202f000" not in hidden


def test_a_thousand_messages_cost_at_most_twelve_queries(
    cast: Cast, browser_of: Browser, count_queries: Callable[[], Any], thread_id: uuid.UUID
) -> None:
    first = say(cast.bob, thread_id, "un")
    with unit_of_work() as session:
        for seq in range(2, 1001):
            session.add(
                Message(
                    id=new_id(), thread_id=thread_id, seq=seq, author_id=cast.alice.user_id,
                    client_id=new_id(), body=f"n {seq}", html=f"<p>n {seq}</p>", reply_to=first.id,
                )
            )  # fmt: skip
        from webapp.threads.models import Thread

        session.get_one(Thread, thread_id).last_seq = 1000
    for number in range(30):
        say(cast.alice, make_invoice(cast, make_client(cast), ref=f"G-{number}").id, "x")
    bob = browser_of(cast.bob)
    bob.get(f"/invoices/{thread_id}")
    with count_queries() as sql:
        page = bob.get(f"/invoices/{thread_id}")
    assert page.text.count('<article class="msg') < 60
    assert len(sql) <= 8, "\n".join(sql)
    with count_queries() as sql:
        bob.get("/threads")
    assert len(sql) <= 12
    older = bob.get(f"/invoices/{thread_id}?before_seq=951").text
    assert "n 950<" in older
    assert "n 951<" not in older


def test_the_list_names_what_waits(cast: Cast, browser_of: Browser, thread_id: uuid.UUID) -> None:
    say(cast.bob, thread_id, "@chloe tu regardes ?")
    chloe = browser_of(cast.chloe).get("/threads").text
    assert "F-1187 · Delorme" in chloe
    assert "Bob : @chloe tu regardes ?" in re.sub(r"\s+", " ", chloe)
    assert ">@1<" in chloe
    with unit_of_work() as session:
        session.get_one(ThreadMember, (thread_id, cast.chloe.user_id)).level = "none"
    assert "F-1187" not in browser_of(cast.chloe).get("/threads").text


def test_a_client_has_a_thread_too(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast, legal_name="Combe TP")
    say(cast.bob, client.id, "à rappeler")
    page = browser_of(cast.alice).get(f"/clients/{client.id}/thread")
    assert "à rappeler" in page.text
    assert "Combe TP" in page.text
