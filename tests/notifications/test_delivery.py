"""From a breach to the phones: who, how often, what it says, what failures do (R4, R23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.push_service import Device, PushService
from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.jobs import Retry
from webapp.extensions import db
from webapp.notifications import delivery, vapid
from webapp.notifications.models import Delivery, Notification, PushSubscription
from webapp.risk import services as risk
from webapp.users.models import User
from webapp.users.services import end_sessions, start_session

Phone = Callable[..., Device]
Run = Callable[[], int]


def breach(cast: Cast, **values: object) -> Client:
    client = make_client(cast, **values)
    make_limit(cast, client, 6_000_000)
    make_invoice(cast, client, 6_480_000)
    return client


def states() -> list[str]:
    return list(db.session.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_a_breach_rings_every_entitled_person_at_once_and_nobody_else(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phones = {actor.handle: phone_of(actor) for actor in cast}
    breach(cast)
    run_jobs()
    rung = {name for name, phone in phones.items() if push.payloads(phone)}
    assert rung == {"bob", "chloe", "alice", "emma", "sonia"}
    assert len(push.received) == 5
    assert [each.faults for each in push.received] == [[]] * 5
    assert set(states()) == {"sent"}


def test_the_author_of_the_breach_is_rung_too(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phone = phone_of(cast.alice)
    client = make_client(cast)
    make_invoice(cast, client, 6_480_000)
    make_limit(cast, client, 100, by=cast.alice)
    run_jobs()
    assert [payload["kind"] for payload in push.payloads(phone)] == ["limit_breach"]


@pytest.mark.promise("R23")
def test_a_payload_says_what_to_do_and_names_no_client_and_no_amount(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phone_of(cast.bob)
    client = breach(cast, legal_name="Charpentes Morvan", ref="CANARY-77")
    run_jobs()
    (received,) = push.received
    alert = alerts_of(client)[0]
    assert received.payload == {
        "title": "Plafond dépassé",
        "body": "Un de vos clients dépasse son plafond. Touchez pour voir.",
        "url": f"/alerts/{alert.id}",
        "tag": f"alert-{alert.id}",
        "kind": "limit_breach",
        "badge": 1,
    }
    text = str(received.payload) + str(received.headers)
    for secret in ("Morvan", "CANARY", "64800", "64 800", "6480000", "60000"):
        assert secret not in text
    assert received.headers["Urgency"] == "high"
    assert len(received.headers["Topic"]) == 32
    assert int(received.headers["TTL"]) > 0


def test_a_person_who_reads_english_is_told_in_their_language(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    with unit_of_work() as session:
        session.get_one(User, cast.bob.user_id).locale = "en"
    bob, alice = phone_of(cast.bob), phone_of(cast.alice)
    breach(cast)
    run_jobs()
    assert push.payloads(alice)[0]["title"] == "Plafond dépassé"
    assert push.payloads(bob)[0]["title"] == "Limit exceeded"


def test_warnings_reach_the_inbox_and_ring_only_from_ninety_per_cent(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    for actor in cast:
        phone_of(actor)
    client = make_client(cast)
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 75_000)
    run_jobs()
    assert push.received == []
    told = set(db.session.scalars(select(Notification.user_id)))
    assert told == {cast.bob.user_id, cast.chloe.user_id, cast.alice.user_id}
    make_invoice(cast, client, 17_000)
    run_jobs()
    assert len(push.received) == 3
    assert {each.headers["Urgency"] for each in push.received} == {"normal"}


def test_fifty_events_are_one_post_each_per_device(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phones = [phone_of(cast.bob), phone_of(cast.bob)]
    for _number in range(50):
        breach(cast)
    while run_jobs():
        pass
    for phone in phones:
        tags = [payload["tag"] for payload in push.payloads(phone)]
        assert len(tags) == len(set(tags)) == 50
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 100
    run_jobs()
    assert len(push.received) == 100


def test_a_crash_between_post_and_commit_costs_one_extra_of_the_same_topic_and_tag(
    cast: Cast, app: Flask, push: PushService, phone_of: Phone, monkeypatch: pytest.MonkeyPatch, run_jobs: Run
) -> None:
    phone_of(cast.bob)
    breach(cast)
    delivery_id = db.session.scalar(select(Delivery.id))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(delivery, "_note", die)
        delivery.deliver(app.config["SETTINGS"], delivery_id)
    run_jobs()
    run_jobs()
    first, second = push.received
    assert first.headers["Topic"] == second.headers["Topic"]
    assert first.payload["tag"] == second.payload["tag"]
    assert states() == ["sent"]


def test_what_was_acknowledged_or_read_sends_nothing(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phone_of(cast.bob)
    client = breach(cast)
    with unit_of_work():
        risk.acknowledge(cast.alice, alerts_of(client)[0].id)
    breach(cast)
    with unit_of_work() as session:
        for row in session.scalars(select(Notification).where(Notification.user_id == cast.bob.user_id)):
            row.read_at = now()
    run_jobs()
    assert push.received == []
    assert set(states()) == {"skipped"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, status: int
) -> None:
    phone_of(cast.bob)
    push.answers = [status]
    breach(cast)
    run_jobs()
    assert states() == ["gone"]
    assert db.session.scalar(select(func.count()).select_from(PushSubscription)) == 0


@pytest.mark.parametrize("status", [429, 500, "drop", "redirect"])
def test_a_service_in_trouble_is_tried_again_later(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, status: int | str
) -> None:
    phone_of(cast.bob)
    push.answers = [status]
    push.headers_back = {"Retry-After": "120"} if status == 429 else {}
    breach(cast)
    run_jobs()
    assert states() == (["failed"] if status == "redirect" else ["due"])
    assert run_jobs() == 0
    with time_machine.travel(now() + timedelta(seconds=119 if status == 429 else 6), tick=False):
        assert run_jobs() == (0 if status in (429, "redirect") else 1)
    with time_machine.travel(now() + timedelta(seconds=125), tick=False):
        run_jobs()
    assert states() == (["failed"] if status == "redirect" else ["sent"])
    assert len(push.received) == (1 if status == "redirect" else 2)


def test_a_service_that_never_answers_holds_nobody_for_more_than_five_seconds(
    cast: Cast, app: Flask, push: PushService, phone_of: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone_of(cast.bob)
    breach(cast)
    monkeypatch.setattr("webapp.notifications.webpush.SECONDS", 0.3)
    for status in ("hang", "drip", "huge"):
        push.answers = [status]
        started = now()
        delivery_id = db.session.scalar(select(Delivery.id))
        if status == "huge":
            delivery.deliver(app.config["SETTINGS"], delivery_id)
        else:
            with pytest.raises(Retry):
                delivery.deliver(app.config["SETTINGS"], delivery_id)
        assert now() - started < timedelta(seconds=3)
    assert states() == ["sent"]


def test_after_a_day_a_push_is_given_up(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phone_of(cast.bob)
    push.answers = [503, 503]
    breach(cast)
    run_jobs()
    with time_machine.travel(now() + timedelta(days=1, minutes=1), tick=False):
        run_jobs()
    assert states() == ["failed"]


def test_signing_out_or_losing_the_client_silences_the_phone(
    cast: Cast, app: Flask, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    from dataclasses import replace

    with unit_of_work():
        session_id = start_session(cast.bob.user_id, ip=None, user_agent=None).id
    phone_of(replace(cast.bob, session_id=session_id))
    with unit_of_work():
        end_sessions([session_id], "signed_out")
    assert db.session.scalar(select(func.count()).select_from(PushSubscription)) == 0
    oscar = phone_of(cast.oscar)
    client = breach(cast, rep=cast.oscar)
    with unit_of_work() as session:
        session.get_one(Client, client.id).sales_rep_id = cast.bob.user_id
    run_jobs()
    assert push.payloads(oscar) == []
    assert states() == ["skipped"]


def test_a_subscription_moved_to_someone_else_does_not_ring_for_the_old_owner(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    phone = phone_of(cast.bob)
    breach(cast)
    with unit_of_work() as session:
        session.scalars(select(PushSubscription)).one().user_id = cast.david.user_id
    run_jobs()
    assert push.payloads(phone) == []


def test_a_thousand_breaches_cost_the_same_queries(
    cast: Cast, phone_of: Phone, count_queries: object
) -> None:
    for actor in (cast.bob, cast.alice):
        phone_of(actor)
    from webapp.notifications.services import tell_of_alerts

    clients = [breach(cast) for _number in range(12)]
    ids = [alerts_of(client)[0].id for client in clients]
    with unit_of_work() as session:
        for model in (Notification, Delivery):
            session.query(model).delete()
    counts = []
    for some in (ids[:2], ids[2:]):
        with count_queries() as sql, unit_of_work():
            tell_of_alerts(some)
        counts.append(len(sql))
    assert counts[0] == counts[1] <= 8


def test_the_key_is_made_once_and_kept_private(app: Flask) -> None:
    folder = app.config["SETTINGS"].instance_path
    shown = app.test_cli_runner().invoke(args=["push", "keys"]).output.strip()
    assert app.test_cli_runner().invoke(args=["push", "keys"]).output.strip() == shown
    assert len(shown) == 87 and shown == vapid.public_key(folder)
    assert (folder / vapid.FILE).stat().st_mode & 0o777 == 0o600
