"""The demo in a database: consistent, the same for the same seed, quiet."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories.people import Cast
from tests.ground import Ground
from webapp.clients.models import Client
from webapp.core.models import Job
from webapp.demo import books, cli, loader
from webapp.demo.people import CAST, make_people
from webapp.extensions import db as _db
from webapp.invoices.models import Balance, Invoice
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.payments import ledger
from webapp.payments.models import Payment
from webapp.risk.models import Alert, CreditLimit
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.users import audit
from webapp.users.models import Branch, Company, User
from webapp.users.queries import find_user_by_email


def quiet(_text: str) -> None:
    """Progress nobody reads."""


def count(model: type) -> int:
    return _db.session.scalar(select(func.count()).select_from(model)) or 0


def bills() -> int:
    """Documents of the books; what was given up, and what settles a dispute, came later."""
    sent = (
        select(func.count())
        .select_from(Invoice)
        .where(Invoice.kind != "write_off", Invoice.ref.not_like("A-LIT-%"))
    )
    return _db.session.scalar(sent) or 0


def fingerprint() -> str:
    """What a reader of the demo sees, without the identifiers that are new each time."""
    rows: list[object] = []
    rows += _db.session.execute(
        select(Client.ref, Client.legal_name, Client.siren, Client.city, Client.payment_days).order_by(
            Client.ref
        )
    ).all()
    rows += _db.session.execute(
        select(Invoice.ref, Invoice.issued_on, Invoice.due_on, Invoice.gross, Invoice.open).order_by(
            Invoice.ref
        )
    ).all()
    rows += _db.session.execute(
        select(Payment.source_ref, Payment.amount, Payment.unapplied).order_by(Payment.source_ref)
    ).all()
    rows += _db.session.execute(
        select(Client.ref, CreditLimit.amount, CreditLimit.max_days_late)
        .join(Client, Client.id == CreditLimit.client_id)
        .order_by(Client.ref)
    ).all()
    rows += _db.session.execute(
        select(Invoice.ref, Message.seq, Message.body, Message.created_at)
        .join(Invoice, Invoice.id == Message.thread_id)
        .order_by(Invoice.ref, Message.seq)
    ).all()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture
def small(db: object) -> loader.Loaded:
    return loader.load(40, 900, 7, say=quiet)


def test_what_is_loaded_adds_up(small: loader.Loaded) -> None:
    assert (small.clients, small.documents) == (40, 900)
    assert (count(Client), bills(), count(Payment)) == (40, 900, small.payments)
    assert list(ledger.verify()) == []
    assert audit.verify().faults == []


def test_the_cast_is_there_under_its_addresses_and_nobody_has_a_password(small: loader.Loaded) -> None:
    assert count(User) == len(make_people()) == 40
    for person in CAST:
        found = find_user_by_email(person.email)
        assert found is not None
        assert (found.name, found.handle) == (person.name, person.handle)
    assert _db.session.scalar(select(func.count()).where(User.password.is_not(None))) == 0
    assert {"Siège", "Région Sud-Est", "Lyon", "Bordeaux"} <= set(_db.session.scalars(select(Branch.name)))


def test_alerts_are_raised_and_some_are_acknowledged_by_name(small: loader.Loaded) -> None:
    alerts = _db.session.scalars(select(Alert)).all()
    assert len(alerts) == small.alerts > 0
    answered = [alert for alert in alerts if alert.state == "acknowledged"]
    assert answered
    for alert in answered:
        assert alert.acknowledged_by is not None
        assert alert.acknowledged_at is not None
        assert alert.acknowledged_at > alert.raised_at


def test_threads_have_no_holes_and_the_past_is_mostly_read(small: loader.Loaded) -> None:
    assert count(Thread) == small.threads > 0
    for thread in _db.session.scalars(select(Thread)):
        messages = _db.session.scalars(
            select(Message).where(Message.thread_id == thread.id).order_by(Message.seq)
        ).all()
        assert [message.seq for message in messages] == list(range(1, thread.last_seq + 1))
        assert thread.last_message_at == messages[-1].created_at
        assert [message.created_at for message in messages] == sorted(
            message.created_at for message in messages
        )
    unread = _db.session.scalar(
        select(func.count())
        .select_from(ThreadMember)
        .join(Thread, Thread.id == ThreadMember.thread_id)
        .where(ThreadMember.last_read_seq < Thread.last_seq)
    )
    assert 0 < unread < count(ThreadMember) / 2


def test_loading_sends_nothing(small: loader.Loaded) -> None:
    assert count(Delivery) == 0
    assert count(Job) == 0


def test_a_phone_that_accepts_pushes_does_not_ring_for_a_demo(small: loader.Loaded) -> None:
    from webapp.core.db import unit_of_work

    alice = find_user_by_email(CAST[0].email)
    assert alice is not None
    with unit_of_work() as session:
        session.add(
            PushSubscription(
                user_id=alice.id, endpoint="https://fcm.googleapis.com/fcm/send/1", p256dh="k", auth="a"
            )
        )
    told = count(Notification)
    loader.load(40, 900, 8, say=quiet)
    assert count(Notification) > told
    assert count(Delivery) == 0
    assert count(Job) == 0


def test_the_same_seed_gives_the_same_company(db: object, ground: Ground) -> None:
    loader.load(10, 200, 3, say=quiet)
    first = fingerprint()
    ground.company()
    loader.load(10, 200, 3, say=quiet)
    assert fingerprint() == first


def test_a_second_loading_adds_clients_and_people_stay_who_they_are(small: loader.Loaded) -> None:
    loader.load(10, 100, 7, say=quiet)
    assert (count(Client), bills(), count(User)) == (50, 1_000, 40)
    assert list(ledger.verify()) == []


def test_a_large_company_is_written_in_slices_and_adds_up(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books.stream_books, "__defaults__", (None, 100))
    done = loader.load(30, 450, 7, say=quiet)
    assert (done.clients, done.documents, bills(), count(Payment)) == (30, 450, 450, done.payments)
    assert count(Balance) == 30
    assert done.threads > 0
    assert list(ledger.verify()) == []


def test_another_seed_gives_another_company(cast: Cast) -> None:
    loader.load(5, 20, 1, say=quiet)
    names = set(_db.session.scalars(select(Client.legal_name)))
    loader.load(5, 20, 2, say=quiet)
    assert len(set(_db.session.scalars(select(Client.legal_name))) - names) == 5


def test_the_command_reports_progress_on_stderr_and_refuses_production(app: Flask, db: object) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(args=["demo", "load", "--clients", "5", "--invoices", "30", "--seed", "4"])
    assert done.exit_code == 0
    assert "5 clients, 30 documents" in done.stdout
    assert "people in 9 branches" in done.stderr
    kept = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(kept, environment="production")
    try:
        refused = runner.invoke(args=["demo", "load"])
    finally:
        app.config["SETTINGS"] = kept
    assert refused.exit_code == 1
    assert "production" in refused.stderr


def test_the_first_start_fills_an_empty_database_once(
    app: Flask, db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = app.config["SETTINGS"]
    monkeypatch.setattr(loader.load, "__defaults__", (6, 40, 7, quiet))
    monkeypatch.setitem(app.config, "SETTINGS", replace(kept, demo=True))
    cli.fill(app)
    assert (count(Client), count(User)) == (6, 40)
    cli.fill(app)
    assert (count(Client), count(User)) == (6, 40)


def test_a_start_without_demo_makes_the_company_row(app: Flask, db: object) -> None:
    _db.session.execute(Company.__table__.delete())
    _db.session.commit()
    cli.fill(app)
    assert count(Company) == 1
    assert count(User) == 0
