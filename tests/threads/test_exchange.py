"""The thread a client reads, as we see it: beside the team's, never mixed with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import literal, select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import queries, services, subjects
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.threads.policy import may_read, may_write
from webapp.threads.rules import CLIENT, INTERNAL, client_thread_of, subject_of
from webapp.threads.subjects import CLIENT_COLUMNS, SubjectKind, read_subject
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]
WRITERS = {"alice", "bob", "chloe", "david", "emma", "sonia"}


@pytest.fixture
def invoice_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast, legal_name="Delorme"), ref="F-1187").id


def test_a_clients_thread_is_named_by_its_subject_both_ways() -> None:
    for subject_id in (new_id() for _ in range(50)):
        thread_id = client_thread_of(subject_id)
        assert thread_id.version == 8
        assert subject_of(thread_id) == (subject_id, CLIENT)
        assert subject_of(subject_id) == (subject_id, INTERNAL)


def test_who_reads_it_and_who_writes_to_the_client(cast: Cast, invoice_id: uuid.UUID) -> None:
    subject = read_subject(client_thread_of(invoice_id))
    assert subject is not None
    assert (subject.id, subject.audience, subject.thread_id) == (
        invoice_id, CLIENT, client_thread_of(invoice_id),
    )  # fmt: skip
    assert {actor.handle for actor in cast if may_read(actor, subject)} == WRITERS | {"ada"}
    assert {actor.handle for actor in cast if may_write(actor, subject)} == WRITERS
    with pytest.raises(Forbidden):
        say(cast.ada, client_thread_of(invoice_id), "x")
    with pytest.raises(NotFound):
        say(cast.oscar, client_thread_of(invoice_id), "x")


def talk_of(page: str) -> str:
    """The messages on a page, without the list beside them."""
    return page.split('class="talk"')[1].split('class="jump"')[0]


def test_the_page_shows_both_by_time(cast: Cast, browser_of: Browser, invoice_id: uuid.UUID) -> None:
    for number, thread_id in enumerate((invoice_id, client_thread_of(invoice_id)) * 2):
        say(cast.bob, thread_id, f"mot {number}")
    page = talk_of(browser_of(cast.chloe).get(f"/invoices/{invoice_id}").text)
    places = [page.index(f"mot {number}<") for number in range(4)]
    assert places == sorted(places)
    assert page.count("msg--ext") >= 2
    assert 'id="c-1"' in page
    assert 'id="m-1"' in page


def test_older_words_with_the_client_come_with_the_page_they_belong_to(
    cast: Cast, browser_of: Browser, invoice_id: uuid.UUID
) -> None:
    outer = client_thread_of(invoice_id)
    say(cast.bob, outer, "ancien mot")
    ids = [say(cast.bob, invoice_id, f"n {number}").id for number in range(52)]
    say(cast.bob, outer, "mot récent")
    with unit_of_work() as session:
        for number, found in enumerate(ids):
            session.get_one(Message, found).created_at = now() - timedelta(minutes=60 - number)
        first = session.scalars(select(Message).where(Message.thread_id == outer, Message.seq == 1)).one()
        first.created_at = now() - timedelta(hours=2)
    page = talk_of(browser_of(cast.chloe).get(f"/invoices/{invoice_id}").text)
    assert "mot récent" in page
    assert "ancien mot" not in page
    above = talk_of(browser_of(cast.chloe).get(f"/invoices/{invoice_id}?before_seq=3").text)
    assert "ancien mot" in above
    assert "mot récent" not in above


def test_a_long_exchange_is_read_upwards_by_itself(
    cast: Cast, browser_of: Browser, invoice_id: uuid.UUID
) -> None:
    outer = client_thread_of(invoice_id)
    for number in range(55):
        say(cast.bob, outer, f"mot {number}.")
    page = browser_of(cast.chloe).get(f"/invoices/{invoice_id}").text
    assert f"?client_before={55 - 50 + 1}" in page
    assert "mot 4." not in page
    assert "mot 4." in browser_of(cast.chloe).get(f"/invoices/{invoice_id}?client_before=6").text


def test_the_composer_offers_the_client_to_those_who_may_write_to_them(
    cast: Cast, browser_of: Browser, invoice_id: uuid.UUID
) -> None:
    page = browser_of(cast.bob).get(f"/invoices/{invoice_id}").text
    assert re.search(r'value="internal" checked', page)
    assert not re.search(r'value="client" checked', page)
    assert 'value="client"' not in browser_of(cast.ada).get(f"/invoices/{invoice_id}").text


def test_posting_to_the_client_asks_first(cast: Cast, browser_of: Browser, invoice_id: uuid.UUID) -> None:
    bob, outer, act = browser_of(cast.bob), client_thread_of(invoice_id), str(new_id())
    token = re.search(r'name="csrf_token" value="([^"]+)"', bob.get(f"/invoices/{invoice_id}").text)
    assert token
    form = {"csrf_token": token.group(1), "body": "Pouvez-vous <régler> ?", "client_id": act}
    asked = bob.post(f"/threads/{outer}/messages", data=form)
    assert asked.status_code == 200
    assert "Pouvez-vous &lt;régler&gt; ?" in asked.text
    assert 'name="confirmed"' in asked.text
    assert queries.find_last_seq(outer) == 0
    done = bob.post(f"/threads/{outer}/messages", data={**form, "confirmed": "1"})
    assert done.headers["Location"] == f"/invoices/{invoice_id}#c-1"
    assert browser_of(cast.ada).get(f"/invoices/{invoice_id}").status_code == 200


def test_answering_the_clients_word_opens_the_composer_for_the_client(
    cast: Cast, browser_of: Browser, invoice_id: uuid.UUID
) -> None:
    message = say(cast.alice, client_thread_of(invoice_id), "Bonjour")
    page = browser_of(cast.bob).get(f"/invoices/{invoice_id}?reply_to={message.id}").text
    assert re.search(r'value="client" checked', page)


def test_programs_learn_of_both(cast: Cast, api_of: Any, app: Any, invoice_id: uuid.UUID) -> None:
    browser, headers = app.test_client(), api_of(cast.bob)
    found = browser.get(f"/api/v1/invoices/{invoice_id}/thread", headers=headers).get_json()
    outer = found["client_thread_id"]
    assert (found["audience"], outer) == ("internal", str(client_thread_of(invoice_id)))
    said = browser.post(
        f"/api/v1/threads/{outer}/messages",
        headers=headers,
        json={"client_id": str(new_id()), "body": "Bonjour"},
    )
    assert said.status_code == 201
    found = browser.get(f"/api/v1/threads/{outer}", headers=headers).get_json()
    assert (found["audience"], found["subject_id"], found["last_seq"]) == ("client", str(invoice_id), 1)


def test_conversations_narrow_to_what_is_unread_names_me_or_waits(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast, legal_name="Combe TP")
    quiet, named, waiting = (make_invoice(cast, client, ref=f"Z-{name}").id for name in "abc")
    for thread_id in (quiet, named, waiting):
        say(cast.bob, thread_id, "x")
    say(cast.alice, named, "@bob ?")
    say(cast.bob, named, "fait")
    say(cast.alice, waiting, "@bob ?")

    def shown(**asked: Any) -> set[str]:
        return {item["title"] for item in queries.list_conversations(cast.bob, **asked)["items"]}

    assert shown() == {"Z-a", "Z-b", "Z-c"}
    assert shown(only="unread") == {"Z-c"}
    assert shown(only="mentions") == {"Z-b", "Z-c"}
    assert shown(only="waiting") == {"Z-c"}
    assert shown(named="z-B") == {"Z-b"}
    assert shown(named="combe") == {"Z-a", "Z-b", "Z-c"}
    assert shown(named="%") == set()
    bob = browser_of(cast.bob)
    assert "Z-a" not in bob.get("/threads?only=waiting").text
    assert "Rien ici" in bob.get("/threads?q=introuvable").text


def test_a_thousand_threads_are_counted_in_one_query(cast: Cast, count_queries: Callable[[], Any]) -> None:
    client = make_client(cast)
    with unit_of_work() as session:
        for number in range(1_000):
            found = new_id()
            session.add(
                Thread(id=found, subject_type="client", subject_id=client.id, last_seq=3, guest_read_seq=0)
            )
            session.flush()
            session.add(
                ThreadMember(
                    thread_id=found,
                    user_id=cast.bob.user_id,
                    last_read_seq=number % 4,
                    mentioned_seq=0,
                    level="all",
                )
            )
    with count_queries() as sql:
        assert queries.unread_count(cast.bob) == 750
    assert len(sql) == 1


def test_colleagues_are_put_in_and_taken_out(cast: Cast, invoice_id: uuid.UUID) -> None:
    def add(user: Actor) -> None:
        with unit_of_work():
            services.add_follower(cast.bob, invoice_id, user.user_id)

    with pytest.raises(Invalid):
        add(cast.sonia)  # nothing was said yet
    for number in range(5):
        say(cast.bob, invoice_id, f"n {number}")
    add(cast.sonia)
    assert queries.unread_count(cast.sonia) == 1
    (line,) = queries.list_conversations(cast.sonia)["items"]
    assert line["unread"] == 1
    with pytest.raises(Invalid):
        add(cast.oscar)
    subject = read_subject(invoice_id)
    assert subject is not None
    assert [each.name for each in queries.list_following(subject)] == [
        "Bob Martin",
        "Chloé Vidal",
        "Sonia Petit",
    ]
    with unit_of_work():
        services.remove_follower(cast.bob, invoice_id, cast.sonia.user_id)
    assert queries.list_conversations(cast.sonia)["items"] == []
    with pytest.raises(NotFound), unit_of_work():
        services.remove_follower(cast.bob, invoice_id, cast.sonia.user_id)
    say(cast.bob, invoice_id, "@sonia ?")
    assert queries.unread_count(cast.sonia) == 1


def test_the_followers_page_changes_who_follows(
    cast: Cast, browser_of: Browser, invoice_id: uuid.UUID
) -> None:
    say(cast.bob, invoice_id, "x")
    bob, page = browser_of(cast.bob), f"/threads/{invoice_id}/followers"
    shown = bob.get(page).text
    assert "Chloé Vidal" in shown
    assert 'aria-pressed="true">Tout' in shown
    frame = bob.get(page, headers={"Turbo-Frame": "followers-side"}).text
    assert 'id="followers-side"' in frame
    assert "<html" not in frame
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    form = {"csrf_token": token.group(1), "user_id": str(cast.sonia.user_id)}
    assert bob.post(page, data=form).status_code == 303
    assert "Sonia Petit" in bob.get(page).text.split("<select")[0]
    assert bob.post(f"{page}/{cast.sonia.user_id}/remove", data=form).status_code == 303
    assert "Sonia Petit" not in bob.get(page).text.split("<select")[0]


@pytest.fixture
def visits() -> Iterator[SubjectKind]:
    """A kind of thing of a feature above, which is all that `register` needs to know of it."""

    def find(ids: Any) -> Any:
        columns = (literal("visit").label("type"), Client.id, literal("Visite").label("title"))
        return select(*columns, *CLIENT_COLUMNS).where(Client.id.in_(ids), Client.ref.like("V-%"))

    def readable(actor: Actor, column: Any) -> Any:
        found = select(Client.id).where(Client.id == column, Client.ref.like("V-%"), in_scope(actor))
        return found.correlate(Thread).exists()

    kind = SubjectKind("visit", find, lambda found: f"/visits/{found}", readable)
    known = dict(subjects._kinds)
    del subjects._kinds["client"]  # the same ids: a subject is of one kind
    subjects.register(kind)
    yield kind
    for each in known.values():  # as they were: whoever comes after may talk about visits
        subjects.register(each)


def test_a_feature_above_has_threads_by_registering_its_kind(cast: Cast, visits: SubjectKind) -> None:
    visit = make_client(cast, ref="V-1", legal_name="Delorme").id
    for thread_id in (visit, client_thread_of(visit)):
        say(cast.bob, thread_id, "@chloe")
        with pytest.raises(NotFound):
            say(cast.oscar, thread_id, "x")
    urls = [line["url"] for line in queries.list_conversations(cast.chloe)["items"]]
    assert urls == [f"/visits/{visit}"] * 2
    found = db.session.get_one(Thread, client_thread_of(visit))
    assert (found.subject_type, found.subject_id, found.audience) == ("visit", visit, "client")
    assert queries.unread_count(cast.chloe) == 2
    assert [found[0] for found in queries.client_threads_of(visit)] == [client_thread_of(visit)]
