"""A thousand threads with a million messages: what opening, counting and searching cost does not grow."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.proofs import Figures, size
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import queries, services
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.users.actor import Actor

WORDS = ("facture", "palette", "virement", "avoir", "règlement", "relance", "livraison", "commande")
AT_ONCE = 20_000


def fill(cast: Cast, threads: int, messages: int) -> list[uuid.UUID]:
    """Threads of as many messages each, past the services: it is the size that matters."""
    client = make_client(cast)
    ids = [make_invoice(cast, client, 1_000, ref=f"F-{n:05d}").id for n in range(threads)]
    authors = [cast.bob.user_id, cast.alice.user_id]
    instant = now()
    about = [
        {
            "id": each,
            "subject_id": each,
            "subject_type": "invoice",
            "last_seq": messages,
            "last_message_at": instant,
        }
        for each in ids
    ]
    rows: list[dict[str, Any]] = []
    with unit_of_work() as session:
        session.execute(insert(Thread), about)
        session.execute(
            insert(ThreadMember),
            [{"thread_id": each, "user_id": who, "last_read_seq": 1} for each in ids for who in authors],
        )
        for place, thread_id in enumerate(ids):
            rows += [_message(thread_id, seq, place, authors[seq % 2]) for seq in range(1, messages + 1)]
            if len(rows) >= AT_ONCE or thread_id == ids[-1]:
                session.execute(insert(Message.__table__), rows)
                rows.clear()
    return ids


def _message(thread_id: uuid.UUID, seq: int, place: int, author: uuid.UUID) -> dict[str, Any]:
    body = f"{WORDS[seq % 8]} {WORDS[(seq // 8) % 8]} {place * 7919 + seq} réponse"
    return {
        "id": new_id(), "thread_id": thread_id, "seq": seq, "author_id": author, "client_id": new_id(),
        "kind": "text", "body": body, "html": f"<p>{body}</p>", "mentions": [], "created_at": now(),
    }  # fmt: skip


@pytest.fixture
def crowd(cast: Cast) -> list[uuid.UUID]:
    return fill(cast, size(12, 1_000), size(60, 1_000))


def test_a_thread_opens_in_eight_queries_and_counters_take_one(
    cast: Cast,
    browser_of: Callable[[Actor], FlaskClient],
    crowd: list[uuid.UUID],
    count_queries: Callable[[], Any],
    figures: Figures,
) -> None:
    with count_queries() as sql:
        queries.get_page(cast.bob, crowd[0])
        queries.find_standing(crowd[0], cast.bob.user_id)
    opening = len(sql)
    with count_queries() as sql:
        assert queries.unread_count(cast.bob) == len(crowd)
    assert len(sql) == 1
    bob = browser_of(cast.bob)
    bob.get(f"/invoices/{crowd[0]}")
    with count_queries() as sql:
        assert bob.get(f"/invoices/{crowd[0]}").status_code == 200
    figures.update({"threads": len(crowd), "opening": opening, "page": len(sql), "unread counters": 1})
    assert opening <= 8 and len(sql) <= 12


def test_search_in_a_thread_does_not_grow_with_the_others(
    cast: Cast, crowd: list[uuid.UUID], figures: Figures
) -> None:
    thread_id = crowd[len(crowd) // 2]
    while services.index_messages():
        db.session.commit()
    spent: dict[str, float] = {}
    for asked in ("facture", "reglement relance", "rep", "79"):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            page = queries.search_thread(cast.bob, thread_id, asked)
            times.append((time.perf_counter() - start) * 1000)
        assert page.items or asked == "79"
        spent[asked] = round(median(times), 1)
    figures.update({f"ms for {asked!r}": value for asked, value in spent.items()})
