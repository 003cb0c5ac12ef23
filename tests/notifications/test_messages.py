"""Messages ring for those they name and for followers, not for who writes or looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.push_service import Device, PushService
from webapp.clients.models import Client
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.notifications.models import Delivery, Notification
from webapp.threads import presence
from webapp.threads.services import delete_message, mark_read, post_message, set_follow_level
from webapp.users.actor import Actor

Phone = Callable[..., Device]
Run = Callable[[], int]


@pytest.fixture(autouse=True)
def _nobody_looks() -> Iterator[None]:
    presence._looking.clear()
    yield
    presence._looking.clear()


@pytest.fixture
def thread_id(cast: Cast) -> UUID:
    """The thread of an invoice of Bob's in Lyon."""
    return make_invoice(cast, make_client(cast)).id


def say(actor: Actor, thread_id: UUID, body: str) -> UUID:
    with unit_of_work():
        return post_message(actor, thread_id, client_id=uuid4(), body=body).id


def test_a_mention_rings_and_waits_in_the_inbox_and_followers_ring(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, thread_id: UUID
) -> None:
    phones = {actor.handle: phone_of(actor) for actor in cast}
    say(cast.alice, thread_id, "@david peux-tu regarder la livraison ? CANARY-MSG")
    run_jobs()
    rung = {name: push.payloads(phone)[0]["kind"] for name, phone in phones.items() if push.payloads(phone)}
    assert rung == {"david": "mention", "bob": "message", "chloe": "message"}
    assert list(db.session.scalars(select(Notification.user_id))) == [cast.david.user_id]
    payload = push.payloads(phones["david"])[0]
    assert payload["url"] == f"/invoices/{thread_id}" and payload["tag"] == f"thread-{thread_id}"
    assert "CANARY" not in str(push.payloads())


def test_who_looks_at_the_thread_is_not_rung(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, thread_id: UUID
) -> None:
    for actor in (cast.bob, cast.chloe, cast.david):
        phone_of(actor)
    for actor in (cast.bob, cast.chloe):
        presence.enter(thread_id, actor.user_id, "socket")
    say(cast.alice, thread_id, "Bonjour @bob")
    assert run_jobs() == 0 and push.received == []


def test_those_named_who_may_not_read_hear_nothing(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, thread_id: UUID
) -> None:
    oscar = phone_of(cast.oscar)
    say(cast.alice, thread_id, "@oscar regarde")
    run_jobs()
    assert push.payloads(oscar) == []
    assert db.session.scalars(select(Notification)).all() == []


def test_a_follower_who_left_the_portfolio_or_muted_it_hears_nothing(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run
) -> None:
    invoice = make_invoice(cast, make_client(cast))
    bob, chloe = phone_of(cast.bob), phone_of(cast.chloe)
    say(cast.alice, invoice.id, "premier")
    run_jobs()
    with unit_of_work() as session:
        set_follow_level(cast.chloe, invoice.id, "none")
        session.get_one(Client, invoice.client_id).sales_rep_id = cast.oscar.user_id
    say(cast.alice, invoice.id, "second @chloe")
    run_jobs()
    assert len(push.payloads(bob)) == len(push.payloads(chloe)) == 1


def test_what_was_read_or_deleted_meanwhile_is_not_pushed(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, thread_id: UUID
) -> None:
    phone_of(cast.bob)
    say(cast.alice, thread_id, "lu avant")
    with unit_of_work():
        mark_read(cast.bob, thread_id, 1)
    gone = say(cast.alice, thread_id, "effacé avant")
    with unit_of_work():
        delete_message(cast.alice, gone)
    run_jobs()
    assert push.received == []
    assert set(db.session.scalars(select(Delivery.state))) == {"skipped"}


def test_a_message_that_everybody_watches_writes_nothing_here(
    cast: Cast, count_queries: Callable[..., object], thread_id: UUID
) -> None:
    say(cast.alice, thread_id, "premier")
    for actor in (cast.bob, cast.chloe):
        presence.enter(thread_id, actor.user_id, "socket")
    with count_queries() as sql:
        say(cast.alice, thread_id, "second")
    ours = [line for line in sql if "deliveries" in line or "push_subscriptions" in line or "jobs" in line]
    assert ours == []
