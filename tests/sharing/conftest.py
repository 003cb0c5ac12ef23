"""A client's contact, a thread they may read, a mail server, and their browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.mail_server import MailServer, text_of
from webapp.clients.services import parts
from webapp.core import jobs
from webapp.core.db import unit_of_work
from webapp.sharing.links import link
from webapp.sharing.models import AccessGrant
from webapp.sharing.services import give_access
from webapp.threads.rules import client_thread_of


@dataclass
class Delorme:
    """Bob's client in Lyon, Élise who pays there, an invoice, and the two threads about it."""

    client_id: uuid.UUID
    contact_id: uuid.UUID
    invoice_id: uuid.UUID

    @property
    def thread_id(self) -> uuid.UUID:
        return client_thread_of(self.invoice_id)


def make_delorme(cast: Cast, language: str = "fr") -> Delorme:
    client = make_client(cast, legal_name="Delorme")
    invoice = make_invoice(cast, client, 846_000, due_in=-23, ref="F-1187")
    with unit_of_work():
        values = {
            "name": "Élise Delorme",
            "role": "payer",
            "email": "Compta@delorme.test",
            "language": language,
        }
        contact = parts.add_part(cast.system, client.id, "contacts", values)
        return Delorme(client.id, contact.id, invoice.id)


@pytest.fixture
def delorme(cast: Cast) -> Delorme:
    return make_delorme(cast)


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer() as server:
        settings = replace(app.config["SETTINGS"], smtp_url=server.url, mail_from="encours@martel.test")
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield server


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """What the worker does, here and now."""
    return lambda: jobs.run_due(1000)


def grant_to(cast: Cast, delorme: Delorme, *, only_invoice: bool = False, days: int = 90) -> AccessGrant:
    with unit_of_work():
        return give_access(
            cast.bob,
            delorme.client_id,
            delorme.contact_id,
            subject_id=delorme.invoice_id if only_invoice else None,
            days=days,
        )


class GuestBrowser:
    """Somebody at the client's with a link."""

    def __init__(self, app: Flask, address: str, run_jobs: Callable[[], int], mailbox: MailServer) -> None:
        self.browser: FlaskClient = app.test_client()
        self.door = urlsplit(address).path
        self._run_jobs, self._mailbox = run_jobs, mailbox

    def get(self, path: str = "") -> TestResponse:
        return self.browser.get(self.door + path)

    def post(self, path: str = "", **fields: str) -> TestResponse:
        page = self.browser.get("/sign-in").text  # any page of this browser gives its token
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        data = {"csrf_token": found.group(1) if found else "", **fields}
        return self.browser.post(self.door + path, data=data)

    def ask_code(self) -> str:
        """The code that arrives by mail."""
        assert self.post("/code").status_code == 200
        self._run_jobs()
        found = re.search(r": (\d{6})", text_of(self._mailbox.mails[-1]))
        assert found
        return found.group(1)

    def enter(self) -> None:
        assert self.post(code=self.ask_code()).status_code == 303

    def say(self, thread_id: uuid.UUID, body: str, **fields: str) -> TestResponse:
        return self.post(f"/threads/{thread_id}", body=body, **fields)


Enter = Callable[[uuid.UUID], GuestBrowser]


@pytest.fixture
def guest_of(app: Flask, mailbox: MailServer, run_jobs: Callable[[], int]) -> Enter:
    """`guest_of(grant_id)`: their browser, at the door."""
    return lambda grant_id: GuestBrowser(app, link(grant_id), run_jobs, mailbox)
