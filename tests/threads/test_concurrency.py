"""Many writers at once, on a real database file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.realtime import sending
from webapp.threads.models import Message, Thread
from webapp.threads.services import Draft, post_message


def together(app: Flask, count: int, act: Callable[[int], object]) -> list[object]:
    """Run `act(0..count-1)` at the same instant, each on its own thread; what each gave or raised."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[number] = act(number)
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()  # what was read before is history
    return results


def test_twenty_retries_at_once_are_one_message(app: Flask, cast: Cast) -> None:
    thread_id, act = make_invoice(cast, make_client(cast)).id, new_id()
    ids = together(app, 20, lambda number: say(cast.bob, thread_id, f"essai {number}", client_id=act).id)
    assert len(set(ids)) == 1
    assert db.session.scalar(select(Thread.last_seq).where(Thread.id == thread_id)) == 1


def test_twenty_writers_leave_no_hole(app: Flask, cast: Cast) -> None:
    thread_id = make_invoice(cast, make_client(cast)).id
    people = list(cast)[:6]

    def write(number: int) -> list[int]:
        return [say(people[number % 6], thread_id, f"{number}").seq for _ in range(5)]

    given = [seq for found in together(app, 20, write) for seq in found]  # type: ignore[attr-defined]
    stored = db.session.scalars(
        select(Message.seq).where(Message.thread_id == thread_id).order_by(Message.seq)
    ).all()
    assert sorted(given) == list(stored) == list(range(1, 101))


def test_a_message_stored_by_another_process_at_this_instant_is_the_same_message(
    app: Flask, cast: Cast
) -> None:
    thread_id, act = make_invoice(cast, make_client(cast)).id, new_id()
    say(cast.alice, thread_id, "avant")
    stored, found = threading.Event(), {}

    def elsewhere() -> None:
        with app.app_context(), unit_of_work():
            first = post_message(cast.bob, thread_id, client_id=act, body="un seul")
            found["elsewhere"] = str(first.id)
            stored.set()
            time.sleep(0.2)  # the other one is waiting for this transaction by now, most of the time

    other = threading.Thread(target=elsewhere)
    other.start()
    assert stored.wait(10)
    found["here"] = sending.send(Draft(cast.bob, thread_id, act, "un seul"))["id"]
    other.join()
    assert found["here"] == found["elsewhere"]
    assert db.session.scalar(select(Thread.last_seq).where(Thread.id == thread_id)) == 2
