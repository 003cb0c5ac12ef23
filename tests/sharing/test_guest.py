"""The client's side: a link, a code, their thread, their answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from tests.mail_server import MailServer
from tests.sharing.conftest import Delorme, Enter, grant_to, make_delorme
from webapp.clients.services import parts
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.sharing.models import AccessGrant
from webapp.sharing.services import revoke_access, tell_code
from webapp.threads import queries
from webapp.threads.models import Thread
from webapp.threads.rules import client_thread_of


def test_a_link_opens_with_the_code_and_shows_the_clients_thread_alone(
    cast: Cast, delorme: Delorme, guest_of: Enter
) -> None:
    say(cast.bob, delorme.invoice_id, "marge de 12 % à ne pas dire")
    say(cast.chloe, delorme.thread_id, "Pouvez-vous régler la semaine prochaine ?")
    guest = guest_of(grant_to(cast, delorme).id)
    before = guest.get()
    assert "C•••" not in before.text
    assert "c•••@delorme.test" in before.text
    for hidden in ("régler", "F-1187", "marge"):
        assert hidden not in before.text
        assert hidden not in guest.get(f"/threads/{delorme.thread_id}").text
    guest.enter()
    page = guest.browser.get(guest.door, follow_redirects=True)
    assert "Pouvez-vous régler" in page.text
    assert "Chloé Vidal" in page.text
    assert "F-1187" in page.text
    assert "marge" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_the_answer_is_a_message_of_the_client_that_followers_hear_of(
    cast: Cast, delorme: Delorme, guest_of: Enter
) -> None:
    say(cast.chloe, delorme.thread_id, "Pouvez-vous régler ?")
    grant = grant_to(cast, delorme)
    guest = guest_of(grant.id)
    guest.enter()
    act = str(new_id())
    for _ in range(2):
        answer = guest.say(delorme.thread_id, "Oui, vendredi. @bob <b>x</b>", client_id=act)
        assert answer.status_code == 303
    said = queries.read_page(delorme.thread_id).items
    assert [message["seq"] for message in said] == [1, 2]
    assert said[1]["kind"] == "client"
    assert said[1]["author"] == {
        "id": str(grant.id), "name": "Élise Delorme", "handle": "", "initials": "ÉD", "role": "client",
    }  # fmt: skip
    assert said[1]["mentions"] == []
    assert "<b>" not in said[1]["html"]
    assert queries.unread_count(cast.bob) == 1
    assert queries.count_waiting(cast.bob) == 1
    say(cast.bob, delorme.thread_id, "Merci")
    assert queries.count_waiting(cast.bob) == 0


def test_what_the_client_has_read_is_marked(cast: Cast, delorme: Delorme, guest_of: Enter) -> None:
    say(cast.chloe, delorme.thread_id, "Bonjour")
    guest = guest_of(grant_to(cast, delorme).id)
    guest.get(f"/threads/{delorme.thread_id}")
    assert db.session.get_one(Thread, delorme.thread_id).guest_read_seq == 0
    guest.enter()
    guest.get(f"/threads/{delorme.thread_id}")
    assert queries.find_standing(delorme.thread_id, cast.chloe.user_id).others_read_seq == 1
    assert db.session.scalar(db.select(AccessGrant.seen_at)) is not None


def test_a_wrong_code_does_not_open_and_five_are_enough(
    cast: Cast, delorme: Delorme, guest_of: Enter
) -> None:
    guest = guest_of(grant_to(cast, delorme).id)
    code = guest.ask_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert guest.post(code=wrong).status_code == 422
    assert guest.post(code=code).status_code == 422
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        fresh = guest.ask_code()
        assert guest.post(code=f" {fresh[:3]} {fresh[3:]} ").status_code == 303
        assert guest.post(code=fresh).status_code == 422  # it opens once


def test_a_code_is_good_for_a_quarter_of_an_hour_and_asked_for_once_a_minute(
    cast: Cast, delorme: Delorme, guest_of: Enter
) -> None:
    guest = guest_of(grant_to(cast, delorme).id)
    code = guest.ask_code()
    assert guest.post("/code").status_code == 429
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        assert guest.post(code=code).status_code == 422


def end_by_time(_cast: Cast, _delorme: Delorme, grant: AccessGrant) -> None:
    with unit_of_work() as session:
        session.get_one(AccessGrant, grant.id).expires_at = now() - timedelta(seconds=1)


def end_by_hand(cast: Cast, delorme: Delorme, grant: AccessGrant) -> None:
    with unit_of_work():
        revoke_access(cast.bob, delorme.client_id, grant.id)


def end_by_address(cast: Cast, delorme: Delorme, _grant: AccessGrant) -> None:
    with unit_of_work():
        parts.change_part(
            cast.system,
            delorme.client_id,
            "contacts",
            delorme.contact_id,
            {"email": "autre@delorme.test", "phone": None},
        )


def end_by_departure(cast: Cast, delorme: Delorme, _grant: AccessGrant) -> None:
    with unit_of_work():
        parts.remove_part(cast.system, delorme.client_id, "contacts", delorme.contact_id)


@pytest.mark.parametrize("end", [end_by_time, end_by_hand, end_by_address, end_by_departure])
def test_an_access_that_ended_is_silent_at_once_and_looks_like_none(
    cast: Cast, delorme: Delorme, guest_of: Enter, end: Callable[[Cast, Delorme, AccessGrant], None]
) -> None:
    say(cast.chloe, delorme.thread_id, "Bonjour")
    grant = grant_to(cast, delorme)
    guest = guest_of(grant.id)
    guest.enter()
    path = f"/threads/{delorme.thread_id}"
    assert guest.get(path).status_code == 200
    token = guest.post(path, body="x").status_code
    assert token == 303
    end(cast, delorme, grant)
    unknown = guest.browser.get("/g/no-such-link")
    assert unknown.status_code == 404
    for address in ("", path):
        shown = guest.get(address)
        assert shown.status_code == 404
        assert "Ce lien n’ouvre rien" in shown.text
        assert "Delorme" not in shown.text
    assert guest.post(path, body="encore").status_code == 404
    assert len(queries.read_page(delorme.thread_id).items) == 2


def test_an_access_to_one_invoice_opens_nothing_else(cast: Cast, delorme: Delorme, guest_of: Enter) -> None:
    other = make_invoice(cast, make_client(cast, legal_name="Ailleurs"), ref="F-9")
    client_wide = client_thread_of(delorme.client_id)
    for thread_id in (delorme.thread_id, client_wide, client_thread_of(other.id)):
        say(cast.alice, thread_id, f"pour {thread_id}")
    guest = guest_of(grant_to(cast, delorme, only_invoice=True).id)
    guest.enter()
    assert guest.get(f"/threads/{delorme.thread_id}").status_code == 200
    for thread_id in (client_wide, client_thread_of(other.id), other.id, delorme.invoice_id, new_id()):
        assert guest.get(f"/threads/{thread_id}").status_code == 404
        assert guest.say(thread_id, "x").status_code == 404


def test_a_client_with_several_exchanges_chooses(cast: Cast, delorme: Delorme, guest_of: Enter) -> None:
    say(cast.alice, client_thread_of(delorme.client_id), "Bonjour")
    say(cast.alice, delorme.thread_id, "La facture")
    say(cast.alice, client_thread_of(make_client(cast).id), "pour un autre")
    guest = guest_of(grant_to(cast, delorme).id)
    guest.enter()
    page = guest.get().text
    assert page.count('class="row"') == 2
    assert "F-1187" in page


def test_the_page_speaks_the_contacts_language(cast: Cast, guest_of: Enter, mailbox: MailServer) -> None:
    english = make_delorme(cast, "en")
    guest = guest_of(grant_to(cast, english).id)
    assert "Receive the code" in guest.get().text
    guest.enter()
    assert "Your code for your exchanges with" in mailbox.mails[0]["Subject"]


def test_where_no_mail_is_sent_the_code_is_told(app: Flask, cast: Cast, delorme: Delorme) -> None:
    from webapp.sharing.links import link

    grant = grant_to(cast, delorme)
    say(cast.bob, delorme.thread_id, "Bonjour")
    browser = app.test_client()
    door = link(grant.id).removeprefix(app.config["SETTINGS"].public_url)
    page = browser.get(door).text
    assert "Recevoir le code" not in page
    with unit_of_work():
        code = tell_code(cast.bob, delorme.client_id, grant.id)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert browser.post(door, data={"csrf_token": token, "code": code}).status_code == 303
    assert "Bonjour" in browser.get(door, follow_redirects=True).text


def test_a_guest_answers_twenty_times_at_once_then_waits(
    cast: Cast, delorme: Delorme, guest_of: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.core.rates import Rate
    from webapp.sharing.views import guest as pages

    monkeypatch.setattr(pages, "guest_rate", Rate(0.5, 2))
    guest = guest_of(grant_to(cast, delorme).id)
    guest.enter()
    assert [guest.say(delorme.thread_id, "x").status_code for _ in range(3)] == [303, 303, 429]
    assert guest.say(delorme.thread_id, " ").status_code == 429


def test_an_empty_answer_is_refused_on_its_page(cast: Cast, delorme: Delorme, guest_of: Enter) -> None:
    guest = guest_of(grant_to(cast, delorme).id)
    guest.enter()
    refused = guest.say(delorme.thread_id, "  ")
    assert refused.status_code == 422
    assert "Écrivez un message" in refused.text


def test_the_number_of_queries_of_a_guest_page(
    cast: Cast, delorme: Delorme, guest_of: Enter, count_queries: Callable[[], Any]
) -> None:
    for number in range(60):
        say(cast.bob, delorme.thread_id, f"n {number}")
    guest = guest_of(grant_to(cast, delorme).id)
    guest.enter()
    path = f"/threads/{delorme.thread_id}"
    guest.get(path)
    with count_queries() as sql:
        assert guest.get(path).status_code == 200
    assert len(sql) <= 8, "\n".join(sql)


def test_a_signed_in_colleague_is_no_guest(cast: Cast, delorme: Delorme, browser_of: Any) -> None:
    from webapp.sharing.links import link_token

    say(cast.bob, delorme.thread_id, "Bonjour")
    grant = grant_to(cast, delorme)
    page = browser_of(cast.alice).get(f"/g/{link_token(grant.id)}/threads/{delorme.thread_id}")
    assert "Bonjour" not in page.text


def test_a_guests_cookie_opens_nothing_of_ours(cast: Cast, delorme: Delorme, guest_of: Enter) -> None:
    guest = guest_of(grant_to(cast, delorme).id)
    guest.enter()
    for path in ("/", "/threads", f"/invoices/{delorme.invoice_id}", "/api/v1/threads", "/api/v1/session"):
        assert guest.browser.get(path).status_code in (302, 401)
    thread: uuid.UUID = delorme.thread_id
    assert guest.browser.get(f"/api/v1/threads/{thread}/messages").status_code == 401
