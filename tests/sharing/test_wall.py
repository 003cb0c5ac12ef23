"""Canaries: what is said and known inside never comes out, whichever way something goes to the client."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.factories.books import make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.factories.talk import say
from tests.mail_server import MailServer, text_of
from tests.push_service import PushService
from tests.sharing.conftest import Delorme, Enter, GuestBrowser, grant_to
from webapp.clients.models import Client
from webapp.core.db import unit_of_work
from webapp.core.errors import NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.notifications.services import subscribe
from webapp.threads import queries
from webapp.threads.rules import client_thread_of
from webapp.threads.services import post_system_line, react
from webapp.users.current import SESSION_KEY
from webapp.users.web import is_public

# Said inside, the limit, who said it, who was named, another client's invoice, a reaction, a system line.
CANARIES = (
    "canari-dit",
    "7654",
    "7\u202f654",
    "David",
    "canari-autre",
    "@emma",
    "👀",
    "canari-ligne",
    "F-AUTRE",
)


@pytest.fixture
def walled(cast: Cast, delorme: Delorme) -> Delorme:
    """Everything the inside knows, beside a thread the client reads."""
    client = db.session.get_one(Client, delorme.client_id)
    make_limit(cast, client, 765_400)
    say(cast.david, delorme.invoice_id, "canari-dit @emma")
    make_invoice(cast, client, 1_000, ref="F-AUTRE")
    say(cast.david, client.id, "canari-autre")
    with unit_of_work():
        post_system_line(delorme.invoice_id, "canari-ligne")
        post_system_line(delorme.thread_id, "canari-ligne")
    message = say(cast.chloe, delorme.thread_id, "Pouvez-vous régler ?")
    with unit_of_work():
        react(cast.emma, message.id, "👀")
    return delorme


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if re.search(_pattern(canary), text)]


def _pattern(canary: str) -> str:
    """Digits are looked for alone: the middle of an id is no amount."""
    return rf"(?<![0-9a-f]){canary}(?![0-9a-f])" if canary.isdigit() else re.escape(canary)


def test_no_page_of_a_guest_and_no_mail_holds_a_canary(
    cast: Cast, walled: Delorme, guest_of: Enter, mailbox: MailServer, run_jobs: Callable[[], int]
) -> None:
    guest = guest_of(grant_to(cast, walled).id)
    path = f"/threads/{walled.thread_id}"
    shown = [guest.get(), guest.get(path)]
    guest.enter()
    answers = [guest.say(walled.thread_id, body) for body in ("D’accord", " ", "x" * 10_001)]
    shown += [guest.get(), guest.get(path), *answers, guest.post(code="000000")]
    shown += [guest.get(f"/threads/{thread}") for thread in inside(walled)]
    shown += [guest.say(thread, "x") for thread in inside(walled)]
    say(cast.chloe, walled.thread_id, "Merci")
    run_jobs()
    assert [answer.status_code for answer in answers] == [303, 422, 422]
    for page in shown:
        assert leaks(page.text) == [], page.request.path
    assert len(mailbox.mails) == 2  # a code, a message
    for mail in mailbox.mails:
        assert leaks(mail.as_string() + text_of(mail)) == []


def inside(walled: Delorme) -> list[object]:
    """Threads of the team, and of nobody."""
    return [walled.invoice_id, walled.client_id, new_id()]


def test_a_guest_is_let_into_no_other_page_export_file_or_feed(
    app: Flask, cast: Cast, walled: Delorme, guest_of: Enter
) -> None:
    guest = guest_of(grant_to(cast, walled).id)
    guest.enter()
    asked = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or is_public(rule.endpoint) or rule.endpoint == "static":
            continue
        answer = guest.browser.get(filled(rule.rule, walled))
        asked += 1
        assert answer.status_code in (301, 302, 308, 401, 404), rule.rule
        assert leaks(answer.text) == []
    assert asked > 100
    with guest.browser.session_transaction() as session:
        assert SESSION_KEY not in session  # what sockets and pages of ours stand on


def filled(rule: str, walled: Delorme) -> str:
    parts = {
        "client_id": str(walled.client_id),
        "invoice_id": str(walled.invoice_id),
        "thread_id": str(walled.thread_id),
        "panel": "contacts",
        "part": "contacts",
    }
    address = ""
    for piece in rule.split("<"):
        name, closed, rest = piece.partition(">")
        word = name.rpartition(":")[2]
        address += (parts.get(word, str(new_id())) + rest) if closed else name
    return address


def test_a_push_about_a_clients_answer_holds_none_of_it(
    app: Flask,
    cast: Cast,
    walled: Delorme,
    guest_of: Enter,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with PushService() as push:
        settings = replace(app.config["SETTINGS"], push_allowed_hosts=(push.allow,))
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        device = push.subscribe()
        values = device.as_json()
        with unit_of_work():
            subscribe(cast.chloe, settings, endpoint=values["endpoint"], user_agent="x", **values["keys"])
        guest = guest_of(grant_to(cast, walled).id)
        guest.enter()
        assert guest.say(walled.thread_id, "canari-dit par le client").status_code == 303
        run_jobs()
        (payload,) = push.payloads(device)
    assert leaks(str({key: payload[key] for key in ("title", "body", "tag", "kind")})) == []


@pytest.mark.parametrize("writer", ["bob", "alice"])
def test_nothing_said_inside_can_be_quoted_outside(cast: Cast, walled: Delorme, writer: str) -> None:
    internal = uuid.UUID(queries.read_page(walled.invoice_id).items[0]["id"])
    outer = uuid.UUID(queries.read_page(walled.thread_id).items[-1]["id"])
    actor = getattr(cast, writer)
    with pytest.raises(NotFound):
        say(actor, walled.thread_id, "voir ci-dessus", reply_to=internal)
    with pytest.raises(NotFound):
        say(actor, walled.invoice_id, "voir ci-dessus", reply_to=outer)


def test_nobody_is_named_where_the_client_reads(cast: Cast, walled: Delorme) -> None:
    message = say(cast.alice, walled.thread_id, "@bob et @emma **ensemble**")
    assert message.mentions == []
    assert "data-user" not in message.html
    assert queries.count_waiting(cast.emma) == 1  # the internal word to her, not this one


def test_the_two_threads_count_each_for_itself(cast: Cast, delorme: Delorme) -> None:
    for thread_id in (delorme.invoice_id, delorme.thread_id) * 3:
        say(cast.bob, thread_id, "x")
    for thread_id in (delorme.invoice_id, delorme.thread_id):
        assert [message["seq"] for message in queries.read_page(thread_id).items] == [1, 2, 3]


def test_a_guest_browser_is_nobody_to_the_rest(guest_of: Enter, cast: Cast, delorme: Delorme) -> None:
    guest: GuestBrowser = guest_of(grant_to(cast, delorme).id)
    guest.enter()
    cookie = guest.browser.get_cookie("encours_guest", path="/g/")
    assert cookie is not None
    assert (cookie.path, cookie.http_only) == ("/g/", True)
    assert guest.browser.get(f"/api/v1/threads/{client_thread_of(delorme.invoice_id)}").status_code == 401
