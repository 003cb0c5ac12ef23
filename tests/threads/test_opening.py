"""Opening a thread: at most eight questions to the database, whatever stands in it and whoever asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import pictures
from tests.factories.books import make_client
from tests.factories.disputes import make_dispute
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.factories.sockets import join
from tests.factories.talk import say
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.credit_requests.services import Draft as CreditDraft
from webapp.credit_requests.services import ask_credit
from webapp.extensions import db
from webapp.files.services import keep
from webapp.files.storage import receive
from webapp.invoices.models import Invoice
from webapp.invoices.services import InvoiceInput, OrderInput, upsert_invoices, upsert_order
from webapp.payments.services import record_payment
from webapp.promises.services import Draft as PromiseDraft
from webapp.promises.services import take_promise
from webapp.tasks.services import Draft as TaskDraft
from webapp.tasks.services import add_task
from webapp.threads import services
from webapp.threads.rules import client_thread_of
from webapp.users.actor import Actor

MOST = 8
Count = Callable[[], Any]
Browser = Callable[[Actor], FlaskClient]


def _ordered(cast: Cast, client_id: uuid.UUID) -> Invoice:
    """The bill of an order of a quote."""
    with unit_of_work():
        row = OrderInput("quote", "D-1", client_id, today() - timedelta(days=90), 900_000)
        quote, _ = upsert_order(cast.system, row)
        row = OrderInput("order", "O-1", client_id, today() - timedelta(days=80), 900_000, quote_id=quote.id)
        order, _ = upsert_order(cast.system, row)
        bill = InvoiceInput(
            ref="F-1",
            client_id=client_id,
            issued_on=today() - timedelta(days=70),
            due_on=today() - timedelta(days=40),
            gross=900_000,
            order_id=order.id,
        )
        return db.session.get_one(Invoice, upsert_invoices(cast.system, [bill]).ids["F-1"])


class Busy(NamedTuple):
    id: uuid.UUID
    client_id: uuid.UUID


@pytest.fixture
def busy(cast: Cast) -> Busy:
    """An invoice with everything: ordered, paid in part, contested, promised, a breach of its client; acts
    of every kind, reactions, files and an exchange with the client."""
    client = make_client(cast, legal_name="Delorme")
    make_limit(cast, client, 100_000)
    invoice = _ordered(cast, client.id)
    first = say(cast.bob, invoice.id, "Que dit le client, @alice ?")
    say(cast.alice, invoice.id, "Il paie.", reply_to=first.id)
    say(cast.bob, client_thread_of(invoice.id), "Bonjour, quand payez-vous ?")
    make_dispute(cast, invoice, 30_000)
    tomorrow = today() + timedelta(days=1)
    with unit_of_work():
        services.react(cast.alice, first.id, "👍")
        services.react(cast.bob, first.id, "👀")
        file = keep(cast.bob, receive(BytesIO(pictures.jpeg())), "photo.jpg", quota=10**9)
        services.post_message(cast.bob, invoice.id, client_id=new_id(), body="Vu", attachment_ids=[file.id])
        record_payment(
            cast.sonia,
            source="bank",
            source_ref="1",
            client_id=client.id,
            received_on=today(),
            amount=46_000,
            text="VIR DELORME",
            allocations=[(invoice.id, 46_000)],
        )
        take_promise(cast.bob, PromiseDraft(invoice.id, Money(50_000, "EUR"), tomorrow))
        add_task(cast.bob, TaskDraft(invoice.id, "Rappeler", cast.bob.user_id, tomorrow))
        ask_credit(cast.bob, CreditDraft(invoice.id, Money(5_000, "EUR"), "Rayé"))
    return Busy(invoice.id, client.id)


@pytest.mark.parametrize("name", ["bob", "alice", "david", "chloe", "emma"])
def test_an_invoice_with_everything_opens_in_eight_queries(
    cast: Cast, browser_of: Browser, busy: Busy, count_queries: Count, name: str
) -> None:
    browser = browser_of(getattr(cast, name))
    browser.get(f"/invoices/{busy.id}")
    with count_queries() as sql:
        page = browser.get(f"/invoices/{busy.id}").text
    assert len(sql) <= MOST, "\n\n".join(sql)
    for shown in ("F-1", "photo.jpg", "Litige", "Rappeler", "Du devis au règlement", "👍 1", "Échange avec"):
        assert shown in page
    assert ("VIR DELORME" in page) == (name != "david")


def test_a_clients_thread_opens_in_eight_queries(
    cast: Cast, browser_of: Browser, busy: Busy, count_queries: Count
) -> None:
    say(cast.bob, busy.client_id, "Bonjour")
    with unit_of_work():
        add_task(cast.bob, TaskDraft(busy.client_id, "Passer les voir", cast.bob.user_id, today()))
        take_promise(cast.bob, PromiseDraft(busy.client_id, Money(50_000, "EUR"), today()))
    browser = browser_of(cast.alice)
    browser.get(f"/clients/{busy.client_id}/thread")
    with count_queries() as sql:
        page = browser.get(f"/clients/{busy.client_id}/thread").text
    assert len(sql) <= MOST
    assert "Passer les voir" in page and "du plafond" in page


def test_a_program_reads_a_page_in_three_queries(
    app: Flask, cast: Cast, api_of: Callable[[Actor], dict[str, str]], busy: Busy, count_queries: Count
) -> None:
    client, headers = app.test_client(), api_of(cast.bob)
    client.get(f"/api/v1/threads/{busy.id}/messages", headers=headers)
    with count_queries() as sql:
        answer = client.get(f"/api/v1/threads/{busy.id}/messages", headers=headers).json
    assert len(sql) <= 3
    assert answer["last_seq"] == len(answer["items"]) == answer["items"][-1]["seq"]
    assert [each["emoji"] for each in answer["items"][0]["reactions"]] == ["👀", "👍"]


def test_a_socket_joins_in_three_queries_asking_the_right_again_in_the_room(
    app: Flask, cast: Cast, busy: Busy, count_queries: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    with count_queries() as sql:
        answer = join(app, cast.bob, busy.id, monkeypatch)
    assert answer["ok"] and answer["messages"][-1]["seq"] == answer["last_seq"]
    assert len(sql) <= 3
