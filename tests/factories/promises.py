"""Promises, tasks, requests and payments for tests, written through the real services."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.money import Money
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.services import Draft as CreditDraft
from webapp.credit_requests.services import ask_credit
from webapp.payments.models import Payment
from webapp.payments.services import record_payment
from webapp.promises.models import Promise
from webapp.promises.services import Draft, take_promise
from webapp.tasks.models import Task
from webapp.tasks.services import Draft as TaskDraft
from webapp.tasks.services import add_task
from webapp.users.actor import Actor

_numbers = itertools.count(1)


def promise(actor: Actor, thread_id: uuid.UUID, amount: int, *, due_in: int = 2, **values: object) -> Promise:
    """A promise of `amount` cents in `due_in` days, about what the thread is about."""
    draft = Draft(thread_id, Money(amount), today() + timedelta(days=due_in), **values)  # type: ignore[arg-type]
    with unit_of_work():
        return take_promise(actor, draft)


def pay(
    cast: Cast,
    client_id: uuid.UUID,
    amount: int,
    *,
    days_ago: int = 0,
    on: dict[uuid.UUID, int] | None = None,
) -> Payment:
    """Money from a client, put on these invoices."""
    with unit_of_work():
        return record_payment(
            cast.sonia,
            source="test",
            source_ref=f"PR-{next(_numbers)}",
            client_id=client_id,
            received_on=today() - timedelta(days=days_ago),
            amount=amount,
            allocations=list((on or {}).items()),
        )


def task(
    actor: Actor, thread_id: uuid.UUID, owner: Actor, *, due_in: int = 1, text: str = "Rappeler"
) -> Task:
    """Something `owner` has to do in `due_in` days."""
    with unit_of_work():
        draft = TaskDraft(thread_id, text, owner.user_id, today() + timedelta(days=due_in))
        return add_task(actor, draft)


def credit_request(
    actor: Actor, invoice_id: uuid.UUID, amount: int, *, reason: str = "Trois palettes cassées"
) -> CreditRequest:
    """A credit note asked for."""
    with unit_of_work():
        return ask_credit(actor, CreditDraft(invoice_id, Money(amount), reason))


def press(browser: FlaskClient, path: str, **form: object) -> TestResponse:
    """A form of a page sent by hand, as a browser without scripts does."""
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    return browser.post(path, data={**form, "csrf_token": token})
