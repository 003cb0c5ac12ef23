"""Tasks given, handed over, done; their owners are told and reminded."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.promises import press, task
from tests.factories.talk import say
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.notifications.models import Notification
from webapp.tasks import queries, rules
from webapp.tasks.jobs import run_remind
from webapp.tasks.models import Task
from webapp.tasks.services import change_task, set_done
from webapp.threads.models import Message
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]


def told(kind: str) -> list[uuid.UUID]:
    return list(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_a_task_is_a_card_and_its_owner_is_told(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast))
    row = task(cast.alice, bill.id, cast.bob, text="Rappeler Élise")
    card = db.session.scalars(select(Message).where(Message.act_id == row.id)).one()
    assert card.act_kind == "task" and card.body.endswith(": Rappeler Élise")
    assert told("task_given") == [cast.bob.user_id]
    task(cast.bob, bill.id, cast.bob)
    assert told("task_given") == [cast.bob.user_id]  # who takes a task knows


def test_only_who_reads_the_thread_is_given_a_task(cast: Cast) -> None:
    bill = make_invoice(cast, make_client(cast))
    with pytest.raises(Invalid) as refusal:
        task(cast.bob, bill.id, cast.oscar)
    assert list(refusal.value.errors) == ["owner_id"]
    with pytest.raises(Invalid) as refusal:
        task(cast.bob, bill.id, cast.bob, due_in=-1, text=" ")
    assert set(refusal.value.errors) == {"due_on", "text"}
    with pytest.raises(NotFound):
        task(cast.oscar, bill.id, cast.oscar)


def test_a_task_is_handed_over_and_done_and_taken_up_again(cast: Cast) -> None:
    row = task(cast.bob, make_client(cast).id, cast.bob, due_in=-0)
    with unit_of_work():
        change_task(cast.alice, row.id, owner_id=cast.chloe.user_id, due_on=today() + timedelta(days=4))
    assert told("task_given") == [cast.chloe.user_id]
    for done, doer in ((True, cast.chloe.user_id), (True, cast.chloe.user_id), (False, None)):
        with unit_of_work():
            set_done(cast.chloe, row.id, done)
        db.session.expire_all()
        assert db.session.get_one(Task, row.id).done_by == doer
    with pytest.raises(NotFound), unit_of_work():
        set_done(cast.oscar, row.id)


def test_owners_are_reminded_once_on_the_day(cast: Cast) -> None:
    client_id = make_client(cast).id
    due, _later = task(cast.bob, client_id, cast.bob, due_in=0), task(cast.bob, client_id, cast.bob)
    finished = task(cast.bob, client_id, cast.bob, due_in=0)
    with unit_of_work():
        set_done(cast.bob, finished.id)
    for _turn in range(2):
        run_remind()
    lines = db.session.scalars(select(Notification).where(Notification.kind == "task_due")).all()
    assert [(line.user_id, line.url) for line in lines] == [(cast.bob.user_id, f"/tasks/{due.id}")]


def test_the_day_shows_my_tasks_the_late_ones_first(cast: Cast, browser_of: Browser) -> None:
    client_id = make_client(cast).id
    late = task(cast.bob, client_id, cast.bob, due_in=0, text="Ce qui est en retard")
    task(cast.bob, client_id, cast.bob, due_in=0, text="Ce qui est pour ce jour")
    task(cast.bob, client_id, cast.bob, due_in=5, text="Ce qui vient")
    with unit_of_work():
        db.session.get_one(Task, late.id).due_on = today() - timedelta(days=2)
    page = browser_of(cast.bob).get("/").get_data(as_text=True)
    assert page.index("Ce qui est en retard") < page.index("Ce qui est pour ce jour")
    assert "Ce qui vient" not in page and "Mes tâches à venir" in page
    assert "Ce qui est en retard" not in browser_of(cast.alice).get("/").get_data(as_text=True)
    assert queries.list_tasks(cast.bob, mine=True)[0].task.text == "Ce qui est en retard"


def test_a_message_becomes_a_task_without_a_script(cast: Cast, browser_of: Browser) -> None:
    bill = make_invoice(cast, make_client(cast))
    message = say(cast.bob, bill.id, "Il faut rappeler Élise demain.")
    browser = browser_of(cast.alice)
    page = browser.get(f"/threads/{bill.id}/tasks/new?message={message.id}").get_data(as_text=True)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert "Il faut rappeler Élise demain." in page and f'value="{tomorrow}"' in page
    form = {"message": str(message.id), "text": "Rappeler", "owner_id": str(cast.bob.user_id)}
    refused = press(browser, f"/threads/{bill.id}/tasks", **form, due_on="un jour")
    assert refused.status_code == 422 and "Indiquez un jour." in refused.get_data(as_text=True)
    answer = press(browser, f"/threads/{bill.id}/tasks", **form, due_on=tomorrow)
    row = db.session.scalars(select(Task)).one()
    assert answer.headers["Location"] == f"/invoices/{bill.id}#act-{row.id}"
    assert (row.message_id, row.owner_id, row.due_on) == (
        message.id,
        cast.bob.user_id,
        date.fromisoformat(tomorrow),
    )
    thread = browser.get(f"/invoices/{bill.id}").get_data(as_text=True)
    assert f'id="act-{row.id}"' in thread and "Rappeler" in thread
    assert press(browser, f"/tasks/{row.id}/done").status_code == 303
    assert "faite par Alice Roux" in browser.get(f"/invoices/{bill.id}").get_data(as_text=True)


def test_a_program_gives_and_lists_tasks(cast: Cast, api_of: Callable[[Actor], dict[str, str]], app) -> None:  # type: ignore[no-untyped-def]
    bill = make_invoice(cast, make_client(cast))
    program, headers = app.test_client(), api_of(cast.alice)
    body = {
        "thread_id": str(bill.id),
        "text": "Envoyer le bon",
        "owner_id": str(cast.bob.user_id),
        "due_on": today().isoformat(),
    }
    key = {"Idempotency-Key": str(uuid.uuid4())}
    made = [program.post("/api/v1/tasks", json=body, headers={**headers, **key}) for _turn in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    assert made[0].get_json() == made[1].get_json()
    task_id = made[0].get_json()["id"]
    assert (
        program.post(f"/api/v1/tasks/{task_id}/done", json={}, headers=headers).get_json()["state"] == "done"
    )
    listed = program.get("/api/v1/tasks?done=true", headers=headers).get_json()
    assert [item["id"] for item in listed["items"]] == [task_id]


def test_a_long_message_is_cut_for_a_task() -> None:
    assert rules.text_of("a\n b  c") == "a b c"
    assert len(rules.text_of("mot " * 200)) <= rules.LONGEST_TEXT
    assert rules.day_fault(today() + timedelta(days=900), today()) == "far"
