"""Acts come back from a device: each alone, once, through the services that pages use."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.factories.books import make_client, make_invoice
from tests.factories.outbox import act, message, sync
from tests.factories.people import Cast
from tests.factories.promises import pay
from tests.factories.talk import say
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.models import Command
from webapp.core.replays import find_kind, names
from webapp.core.worker import tidy
from webapp.disputes.models import Dispute
from webapp.disputes.services import open_dispute, withdraw
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.promises.models import Promise
from webapp.tasks.models import Task
from webapp.threads.models import Message
from webapp.users.actor import Actor

Api = Callable[[Actor], dict[str, str]]


@pytest.fixture
def bill(cast: Cast) -> Invoice:
    return make_invoice(cast, make_client(cast, ref="C-1"), 100_000, ref="F-1")


def tomorrow() -> str:
    return (today() + timedelta(days=1)).isoformat()


def promised(bill: Invoice, cents: int = 40_000, **more: Any) -> dict[str, Any]:
    money = {"amount": cents, "currency": "EUR"}
    return act("promise.take", thread_id=str(bill.id), amount=money, promised_on=tomorrow(), **more)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_what_was_written_offline_is_done_in_order_under_its_own_ids(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    said, promise = message(bill.id, "Il paie demain"), promised(bill)
    task = act(
        "task.add", thread_id=str(bill.id), text="Rappeler", owner_id=str(cast.bob.user_id), due_on=tomorrow()
    )
    dispute = act("dispute.open", invoice_id=str(bill.id), reason="price", text="Tarif de 2025")
    acts = [said, promise, task, dispute]
    results = sync(app.test_client(), api_of(cast.bob), *acts)
    assert [each["status"] for each in results] == ["done"] * 4
    assert results[0]["result"]["client_id"] == said["id"]
    assert [each["result"]["id"] for each in results[1:]] == [each["id"] for each in acts[1:]]
    bodies = db.session.scalars(select(Message.body).order_by(Message.seq)).all()
    assert bodies[0] == "Il paie demain" and len(bodies) == 4


def test_the_same_acts_again_change_nothing_and_answer_the_same(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    acts, client, headers = [message(bill.id), promised(bill)], app.test_client(), api_of(cast.bob)
    first, again = sync(client, headers, *acts), sync(client, headers, *acts, *acts)
    assert [each["status"] for each in again] == ["repeated"] * 4
    assert [each["result"] for each in again[:2]] == [each["result"] for each in first]
    assert (count(Message), count(Promise)) == (2, 1)


@pytest.mark.promise("R3")
def test_another_payload_under_a_used_id_is_refused_and_shows_what_was_done(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    client, headers, said = app.test_client(), api_of(cast.bob), message(bill.id, "un")
    sync(client, headers, said)
    other = {**said, "payload": {**said["payload"], "body": "deux"}}
    child = message(bill.id, "trois") | {"after": [said["id"]]}
    reused, followed = sync(client, headers, other, child)
    assert (reused["status"], reused["error"]["code"]) == ("refused", "id_reused")
    assert reused["result"]["body"] == "un"
    assert followed["status"] == "done"  # what it follows did happen
    assert count(Message) == 2


@pytest.mark.promise("R3")
def test_a_key_is_known_for_thirty_days_and_its_effect_stays_one_after_that(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    acts, client, headers = [message(bill.id), promised(bill)], app.test_client(), api_of(cast.bob)
    sync(client, headers, *acts)
    for days, left in ((29, 2), (31, 0)):
        with unit_of_work() as session:
            session.execute(update(Command).values(created_at=now() - timedelta(days=days)))
        tidy()
        assert count(Command) == left
        statuses = {each["status"] for each in sync(client, headers, *acts)}
        assert statuses == {"repeated" if left else "done"}
        assert (count(Message), count(Promise)) == (2, 1)


def test_an_act_is_the_same_by_api_page_socket_and_outbox(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    client, headers, money = app.test_client(), api_of(cast.bob), {"amount": 1_000, "currency": "EUR"}
    body, key = {"invoice_ref": "F-1", "amount": money, "promised_on": tomorrow()}, uuid.uuid4()
    posted = client.post("/api/v1/promises", json=body, headers={**headers, "Idempotency-Key": str(key)})
    assert posted.get_json()["id"] == str(key)
    (result,) = sync(client, headers, act("promise.take", key, **body))
    assert (result["status"], result["result"]) == ("repeated", posted.get_json())
    live = say(cast.bob, bill.id, "par le socket")
    assert sync(
        client, headers, act("message.send", live.client_id, thread_id=str(bill.id), body="par le socket")
    )[0]["result"]["id"] == str(live.id)
    (reused,) = sync(
        client, headers, act("message.send", live.client_id, thread_id=str(bill.id), body="autre")
    )
    assert reused["error"]["code"] == "id_reused"


def test_one_refusal_leaves_the_others_alone_but_what_follows_it(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    bad = promised(bill)
    bad["payload"]["promised_on"] = "2026-01-05"
    child, beside = message(bill.id, "voilà") | {"after": [bad["id"]]}, message(bill.id, "à part")
    orphan = message(bill.id, "seul") | {"after": [str(uuid.uuid4())]}
    unknown, wrong = act("limit.grant", amount=1), message(bill.id, nobody_knows=1)
    results = sync(app.test_client(), api_of(cast.bob), bad, child, beside, orphan, unknown, wrong)
    codes = [each.get("error", {}).get("code") for each in results]
    assert codes == ["invalid", "depends_on", None, "depends_on", "unknown_command", "invalid"]
    assert results[0]["error"]["message"].startswith("Ce jour est passé")
    assert "nobody_knows" in results[5]["error"]["errors"]
    assert db.session.scalars(select(Message.body)).all() == ["à part"]


def test_a_refusal_is_judged_anew_and_may_be_worded_anew(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    client, headers, bad = app.test_client(), api_of(cast.bob), promised(bill, 0)
    sync(client, headers, bad)
    better = {**bad, "payload": promised(bill, 5_000)["payload"]}
    child = message(bill.id, "voilà") | {"after": [bad["id"]]}
    assert [each["status"] for each in sync(client, headers, better, child)] == ["done", "done"]
    assert [each["status"] for each in sync(client, headers, child)] == ["repeated"]


def test_an_invoice_paid_meanwhile_shows_both_sides(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    client, headers = app.test_client(), api_of(cast.bob)
    pay(cast, bill.client_id, 70_000, on={bill.id: 70_000})
    (partly,) = sync(client, headers, promised(bill, 40_000))
    assert (partly["status"], partly["error"]["code"]) == ("conflict", "more_than_left")
    pay(cast, bill.client_id, 30_000, on={bill.id: 30_000})
    contest = act("dispute.open", invoice_id=str(bill.id), reason="price", text="Tarif")
    paid, disputed = sync(client, headers, promised(bill, 40_000), contest)
    assert [paid["status"], disputed["status"]] == ["conflict", "conflict"]
    assert paid["conflict"]["yours"]["amount"] == {"amount": 40_000, "currency": "EUR"}
    for each in (paid, disputed):
        now_ = each["conflict"]["now"]
        assert (now_["url"], now_["title"]) == (f"/invoices/{bill.id}", "Facture F-1")
        assert {"label": "Reste à régler", "text": "Réglée"} in now_["lines"]
    assert count(Promise) + count(Dispute) == 0


def test_a_dispute_closed_meanwhile_shows_how_it_ended(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    with unit_of_work():
        dispute = open_dispute(cast.alice, bill.id, reason="price", text="Tarif")
    with unit_of_work():
        withdraw(cast.alice, dispute.id, text="Le client renonce")
    late = act("dispute.propose", dispute_id=str(dispute.id), text="Un avoir")
    (result,) = sync(app.test_client(), api_of(cast.alice), late)
    assert result["status"] == "conflict"
    lines = {line["label"]: line["text"] for line in result["conflict"]["now"]["lines"]}
    assert (lines["État"], lines["Réponse"]) == ("Retiré", "Le client renonce")


def test_rights_are_asked_of_each_act(app: Flask, cast: Cast, api_of: Api, bill: Invoice) -> None:
    acts = [
        message(bill.id),
        promised(bill),
        act("dispute.open", invoice_id=str(bill.id), reason="price", text="T"),
    ]
    outside = sync(app.test_client(), api_of(cast.oscar), *acts)
    assert [each["error"]["code"] for each in outside] == ["not_yours"] * 3
    admin = sync(app.test_client(), api_of(cast.ada), *acts)
    assert {each["status"] for each in admin[1:]} == {"refused"}
    assert {each["error"]["code"] for each in admin[1:]} == {"forbidden"}
    assert count(Promise) + count(Dispute) == 0


def test_a_clock_that_is_a_day_wrong_changes_nothing_but_when_it_was_written(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    wrong, written = timedelta(days=1), now() - timedelta(hours=3)
    said, before = message(bill.id) | {"made_at": (written + wrong).isoformat()}, now()
    (result,) = sync(app.test_client(), api_of(cast.bob), said, sent_at=(now() + wrong).isoformat())
    assert abs(datetime.fromisoformat(result["written_at"]) - written) < timedelta(minutes=1)
    assert before <= db.session.scalars(select(Message.created_at)).one() <= now()


def test_a_task_is_done_once_however_often_it_is_said(
    app: Flask, cast: Cast, api_of: Api, bill: Invoice
) -> None:
    client, headers = app.test_client(), api_of(cast.bob)
    task = act(
        "task.add", thread_id=str(bill.id), text="Rappeler", owner_id=str(cast.bob.user_id), due_on=tomorrow()
    )
    done = act("task.done", task_id=task["id"]) | {"after": [task["id"]]}
    assert [each["status"] for each in sync(client, headers, task, done)] == ["done", "done"]
    assert db.session.scalars(select(Task.done_by)).one() == cast.bob.user_id


def test_every_kind_has_a_schema_that_names_what_it_takes(app: Flask) -> None:
    assert {"message.send", "promise.take", "dispute.open", "task.add", "credit_request.ask"} <= set(names())
    for name in names():
        kind = find_kind(name)
        assert kind is not None and kind.schema.fields
