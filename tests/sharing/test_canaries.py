"""R6: nothing the house says or knows inside leaves in a page, a file, a mail, a push or an event.

Every internal text carries a canary of its own (`canaries.py`), then everything that goes out is read.
"""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from socketio.exceptions import ConnectionRefusedError
from werkzeug.test import EnvironBuilder

from tests.factories.people import Cast
from tests.factories.talk import say
from tests.mail_server import MailServer
from tests.proofs import Figures
from tests.push_service import PushService
from tests.rights.table import TABLE
from tests.sharing.canaries import (
    CODE_COLUMNS,
    leaks,
    odd_codes,
    parts_of,
    public_rows,
    text_columns,
)
from tests.sharing.conftest import Enter
from tests.sharing.sweeping import Sweep, make_sweep, paths, seen, send, stir
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden
from webapp.exports.definitions import find_listing, listing_names
from webapp.exports.services.asking import read_filters
from webapp.extensions import db
from webapp.notifications.services import subscribe
from webapp.realtime import audience, connection, registry
from webapp.sharing import queries
from webapp.sharing.models import AccessGrant

pytestmark = pytest.mark.promise("R6")

READABLE = re.compile(r"text/|application/([a-z+.]*json|javascript|manifest\+json)|image/")
WEBAPP = Path(__file__).resolve().parents[2] / "webapp"


@pytest.fixture
def sweep(cast: Cast, guest_of: Enter, run_jobs: Callable[[], int]) -> Sweep:
    return make_sweep(cast, guest_of, run_jobs)


# Pages and files


def test_no_page_or_file_that_a_guest_asks_for_holds_a_canary(sweep: Sweep, figures: Figures) -> None:
    """Every route of the house (R5 keeps the table complete), with the guest's link and cookies."""
    asked, wrong, served = 0, [], set()
    for route in sorted(TABLE):
        for path in paths(route, sweep):
            answer = send(sweep, route, path)
            asked += 1
            wrong += [f"{route} {path}: {name}" for name in seen(sweep, answer)]
            kind = answer.content_type or "text/"
            assert READABLE.match(kind), f"{route}: teach the sweep to read {kind}"
            if answer.status_code in (200, 303):
                served.add(route)
            if answer.status_code == 200 and not TABLE[route].public:
                wrong.append(f"{route}: lets a guest in")
    assert wrong == []
    figures |= {"canaries": len(sweep.words), "requests": asked}
    own = {route for route in TABLE if " /g/" in route}
    # A wrong code, and another code within the minute, are told so; everything else was read from inside.
    assert own - served == {"POST /g/<token>", "POST /g/<token>/code"}


def test_no_list_of_the_house_is_a_file_for_a_guest(sweep: Sweep) -> None:
    guest = queries.find_guest_of(sweep.outside.grant_id)
    assert guest is not None
    assert listing_names()
    for name in listing_names():
        listing = find_listing(name)
        assert listing is not None
        with pytest.raises(Forbidden):
            read_filters(guest.actor, listing, {})


# Mails


def test_no_mail_to_a_client_holds_a_canary(
    cast: Cast, sweep: Sweep, mailbox: MailServer, run_jobs: Callable[[], int]
) -> None:
    mailbox.mails.clear()
    stir(cast, sweep)
    with unit_of_work() as session:
        session.get_one(AccessGrant, sweep.outside.grant_id).codes_asked = []  # a minute has passed
    assert sweep.guest.post("/code").status_code == 200
    run_jobs()
    assert len(mailbox.mails) == 2  # a message, a code
    assert leaks(sweep.words, (text for mail in mailbox.mails for text in parts_of(mail))) == []


def test_only_the_mails_that_are_swept_leave_the_house() -> None:
    """A feature that sends mails of its own is added here once the sweep makes it send one."""
    senders = {
        str(path.relative_to(WEBAPP))
        for path in WEBAPP.rglob("*.py")
        if any(name == "webapp.core.mail" for name in imported(path))
    }
    assert senders == {"sharing/delivery.py"}


def imported(path: Path) -> Iterator[str]:
    """Modules a file imports, `from a import b` as a.b too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


# Pushes


def test_no_push_holds_a_canary_or_names_a_client(
    app: Flask,
    cast: Cast,
    sweep: Sweep,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pushes go to colleagues; a locked screen is read by anybody."""
    with PushService() as push:
        settings = replace(app.config["SETTINGS"], push_allowed_hosts=(push.allow,))
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        for actor in (cast.alice, cast.bob, cast.chloe, cast.david):
            values = push.subscribe().as_json()
            with unit_of_work():
                subscribe(actor, settings, endpoint=values["endpoint"], user_agent="x", **values["keys"])
        stir(cast, sweep)
        run_jobs()
        payloads = push.payloads()
    kinds = {payload["kind"] for payload in payloads}
    assert {"message", "limit_breach", "task_given"} <= kinds
    said = [str(payload) for payload in payloads]
    assert leaks(sweep.words, said) == []
    for name in ("Ateliers du Rhône", "F-LYON", "De rien", "Élise"):
        assert name not in "".join(said)


# The live channel


def test_a_guest_hears_nothing_on_the_live_channel(
    app: Flask, cast: Cast, sweep: Sweep, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing they hold lets a socket in, so that no event has a way to them: cookies, link, access."""
    entered: list[str] = []
    rooms = SimpleNamespace(enter_room=lambda _sid, room: entered.append(room))
    monkeypatch.setattr(connection, "socketio", SimpleNamespace(server=rooms))
    for auth in (None, {"token": sweep.token}, {"token": str(sweep.outside.grant_id)}):
        with pytest.raises(ConnectionRefusedError, match="not_signed_in"):
            connection.connect(app, "guest", environ_of(sweep.guest.browser), auth)
    assert entered == []
    connection.connect(app, "alice", environ_of(browser_of(cast.alice)), None)
    connection.disconnected("alice")
    assert entered == [registry.room_of_user(cast.alice.user_id)]  # so that the refusals mean something
    guest = queries.find_guest_of(sweep.outside.grant_id)
    assert guest is not None
    heard = [audience.may_hear(guest.actor, thread_id) for thread_id in sweep.threads()]
    assert heard == [True, True, False, False]


def environ_of(browser: FlaskClient) -> dict[str, Any]:
    """A socket's first request, with every cookie of the browser, wherever it belongs."""
    cookies = "; ".join(f"{each.decoded_key}={each.value}" for each in browser._cookies.values())
    return EnvironBuilder("/socket.io", headers={"Cookie": cookies}).get_environ()


# That the sweep sees


def test_every_text_is_planted_public_or_a_code(sweep: Sweep) -> None:
    names, public = {str(column) for column in text_columns()}, public_rows(sweep.outside)
    assert (CODE_COLUMNS | public.keys()) - names == set(), "lines about columns that are gone"
    assert names - CODE_COLUMNS - sweep.words.keys() == {"company.name"}
    assert odd_codes() == []


@pytest.mark.parametrize("column", ["messages.body", "client_bank_accounts.iban", "disputes.text"])
def test_a_planted_leak_on_a_page_is_found(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    table, name = column.split(".")
    said = queries.list_said

    def leaky(thread_id: uuid.UUID, limit: int = 200) -> list[dict[str, Any]]:
        inside = db.session.scalars(sa.text(f"SELECT {name} FROM {table}"))
        return [{**each, "html": f"{each['html']}{list(inside)}"} for each in said(thread_id, limit)]

    monkeypatch.setattr(queries, "list_said", leaky)
    route = "GET /g/<token>/threads/<uuid:thread_id>"
    assert seen(sweep, send(sweep, route, paths(route, sweep)[0])) == [column]


def test_a_planted_leak_in_a_mails_headers_is_found(
    cast: Cast,
    sweep: Sweep,
    mailbox: MailServer,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from webapp.sharing import delivery

    words = delivery.message_mail
    monkeypatch.setattr(
        delivery,
        "message_mail",
        lambda *given: (f"é {sweep.words['client_references.said']}", words(*given)[1]),
    )
    mailbox.mails.clear()
    say(cast.chloe, sweep.thread_id, "Merci")
    run_jobs()
    (mail,) = mailbox.mails
    assert leaks(sweep.words, parts_of(mail)) == ["client_references.said"]
