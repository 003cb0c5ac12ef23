"""Acts ring the phones of those they concern: a task, a dispute, a request, while it still concerns them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import make_dispute
from tests.factories.people import Cast
from tests.factories.promises import credit_request, task
from tests.push_service import Device, PushService
from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.notifications.models import Delivery, Notification
from webapp.users.actor import Actor

Phone = Callable[[Actor], Device]
Run = Callable[[], int]
Act = Callable[[Cast, Invoice], object]
ACTS: dict[str, tuple[str, Act]] = {
    "task_given": ("chloe", lambda cast, bill: task(cast.bob, bill.id, cast.chloe)),
    "credit_asked": ("sonia", lambda cast, bill: credit_request(cast.bob, bill.id, 1_000)),
    "dispute_assigned": ("david", lambda cast, bill: make_dispute(cast, bill, 1_000)),
}


@pytest.fixture
def bill(cast: Cast) -> Invoice:
    return make_invoice(cast, make_client(cast))


@pytest.mark.parametrize("kind", ACTS)
def test_who_an_act_concerns_is_rung(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, bill: Invoice, kind: str
) -> None:
    who, act = ACTS[kind]
    phone = phone_of(getattr(cast, who))
    act(cast, bill)
    run_jobs()
    assert kind in [payload["kind"] for payload in push.payloads(phone)]


def test_a_task_that_was_seen_or_is_about_a_client_that_left_rings_nobody(
    cast: Cast, push: PushService, phone_of: Phone, run_jobs: Run, bill: Invoice
) -> None:
    phone = phone_of(cast.bob)
    task(cast.chloe, bill.id, cast.bob)
    with unit_of_work() as session:
        session.execute(update(Notification).values(read_at=now()))
    task(cast.chloe, bill.id, cast.bob)
    with unit_of_work() as session:
        session.get_one(Client, bill.client_id).sales_rep_id = cast.oscar.user_id
    run_jobs()
    assert "task_given" not in [payload["kind"] for payload in push.payloads(phone)]
    states = db.session.scalars(select(Delivery.state).where(Delivery.kind == "task_given"))
    assert states.all() == ["skipped", "skipped"]
