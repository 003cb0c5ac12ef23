"""The figures of a sheet against what was written in the books, and who sees which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from webapp.clients.models import Client, Contact
from webapp.clients.services import parts
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.home.queries.accounts import get_account
from webapp.home.queries.figures import card_of, known_of, read_figures
from webapp.invoices.models import Invoice
from webapp.payments.models import Payment
from webapp.payments.rules import Share
from webapp.payments.services import match, record_payment
from webapp.users.services import set_company_figure


def settled(cast: Cast, client: Client, amount: int, due_ago: int, late: int) -> None:
    """An invoice of `amount` due so many days ago, paid so many days late."""
    invoice = make_invoice(cast, client, amount, due_in=-due_ago)
    with unit_of_work():
        payment = record_payment(
            cast.sonia,
            source="t",
            source_ref=invoice.ref,
            client_id=client.id,
            received_on=today() - timedelta(days=due_ago - late),
            amount=amount,
        )
        match(cast.sonia, client.id, [Share(payment.id, invoice.id, amount)])


def test_figures_add_up_from_the_books(cast: Cast, count_queries: Callable) -> None:
    client = make_client(cast)
    make_limit(cast, client, 1_000_000)
    settled(cast, client, 10_000, due_ago=200, late=4)
    settled(cast, client, 30_000, due_ago=300, late=8)
    settled(cast, client, 50_000, due_ago=40, late=17)
    make_invoice(cast, client, 20_000, due_in=-10, ref="F-OLD")
    make_invoice(cast, client, 40_000, due_in=-45, ref="F-OLDEST")
    make_invoice(cast, client, 70_000, due_in=12)
    make_invoice(cast, client, 9_000, due_in=12, kind="deposit")
    make_invoice(cast, client, 5_000, due_in=0, kind="credit_note")
    account = get_account(cast.bob, client.id)
    with count_queries() as sql:
        figures = read_figures(cast.bob, account)
    assert len(sql) == 3
    assert (figures.trend, figures.recent.mean, figures.before.mean) == (10, 17, 7)
    assert figures.last == (today() - timedelta(days=23), 50_000) == figures.best
    assert figures.aging.buckets == (79_000, 20_000, 40_000, 0, 0, 0) and figures.aging.credits == 5_000
    assert (figures.late_count, figures.oldest) == (2, "F-OLDEST")
    assert (figures.aging.next_due, figures.fundable) == (79_000, 20_000 + 70_000 - 5_000)
    card = card_of(account, figures)
    assert [fact.kind for fact in card.facts] == ["late", "slower", "next_due"]
    assert card.values["ref"] == "F-OLDEST" and card.question == "transfer"
    with unit_of_work():
        set_company_figure(cast.ada, "fundable_days", 60, 365)
    assert read_figures(cast.bob, account).fundable == 125_000


def test_a_client_without_a_past_has_figures_too(cast: Cast) -> None:
    account = get_account(cast.bob, make_client(cast).id)
    figures = read_figures(cast.bob, account)
    assert (figures.trend, figures.last, figures.best, figures.fundable) == (None, None, None, 0)
    assert (figures.late_count, figures.oldest, figures.payer) == (0, None, None)


def test_after_sales_reads_neither_payments_nor_limits(app: Flask, cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    make_limit(cast, client, 10_000)
    settled(cast, client, 50_000, due_ago=40, late=17)
    account = get_account(cast.david, client.id)
    known = known_of(account, read_figures(cast.david, account))
    assert (known.last_amount, known.use, known.returned_amount) == (None, None, None)
    answer = browser_of(cast.david).get(f"/api/v1/clients/{client.id}/figures").json
    assert answer["last_payment"] is None and answer["fundable"] is None
    full = browser_of(cast.bob).get(f"/api/v1/clients/{client.id}/figures").json
    assert full["last_payment"] == {"amount": 50_000, "currency": "EUR"} and full["fundable_days"] == 30
    assert full["buckets"]["not_due"] == {"amount": 0, "currency": "EUR"}


def test_who_pays_is_news_only_when_somebody_paid_before(cast: Cast) -> None:
    client = make_client(cast)
    with unit_of_work():
        values = {"name": "Anne Faure", "role": "payer", "phone": "04"}
        parts.add_part(cast.bob, client.id, "contacts", values)
    account = get_account(cast.bob, client.id)
    assert known_of(account, read_figures(cast.bob, account)).payer_days is None
    with unit_of_work() as session:
        session.execute(update(Client).values(created_at=now() - timedelta(days=200)))
        session.execute(update(Contact).values(created_at=now() - timedelta(days=5)))
    db.session.expire_all()
    account = get_account(cast.bob, client.id)
    known = known_of(account, read_figures(cast.bob, account))
    assert (known.payer, known.payer_days) == ("Anne Faure", 5)


def test_money_that_came_back_is_not_the_last_payment(cast: Cast) -> None:
    client = make_client(cast)
    settled(cast, client, 50_000, due_ago=40, late=17)
    with unit_of_work() as session:
        session.execute(update(Payment).values(returned_on=today(), returned_at=now()))
        session.execute(update(Invoice).values(paid_on=None, late_days=None))
    figures = read_figures(cast.bob, get_account(cast.bob, client.id))
    assert figures.last is None and figures.returned == (today(), 50_000)
