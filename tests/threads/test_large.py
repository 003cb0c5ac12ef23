"""A thousand threads with a million messages: what opening, counting and searching cost does not grow."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import median
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, insert, select, text

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.sockets import join
from tests.proofs import FULL, Figures, size
from webapp.core.bulk import write_rows
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import queries, services
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.threads.services import posting
from webapp.users.actor import Actor

WORDS = ("facture", "palette", "virement", "avoir", "règlement", "relance", "livraison", "commande")
LARGE = {"messages", "reactions", "stored_files", "invoices", "instalments", "allocations", "thread_members"}
MOST = 8
COLUMNS = (
    "id", "thread_id", "seq", "author_id", "client_id", "kind", "body", "html", "mentions", "created_at"
)  # fmt: skip
Asked = list[tuple[str, Any]]


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
    with unit_of_work() as session:
        session.execute(insert(Thread), about)
        session.execute(
            insert(ThreadMember),
            [{"thread_id": each, "user_id": who, "last_read_seq": 1} for each in ids for who in authors],
        )
        write_rows(
            Message.__table__,  # type: ignore[arg-type]
            COLUMNS,
            (
                _message(thread_id, seq, place, authors[seq % 2], instant)
                for place, thread_id in enumerate(ids)
                for seq in range(1, messages + 1)
            ),
        )
        if db.engine.dialect.name == "postgresql":  # as its own keeper does
            session.execute(text("ANALYZE messages, threads, thread_members"))
    return ids


def _message(
    thread_id: uuid.UUID, seq: int, place: int, author: uuid.UUID, instant: datetime
) -> tuple[Any, ...]:
    body = f"{WORDS[seq % 8]} {WORDS[(seq // 8) % 8]} {place * 7919 + seq} réponse"
    return new_id(), thread_id, seq, author, new_id(), "text", body, f"<p>{body}</p>", [], instant


@pytest.fixture
def crowd(cast: Cast) -> list[uuid.UUID]:
    return fill(cast, size(12, 1_000), size(60, 1_000))


@contextmanager
def asking() -> Iterator[Asked]:
    """What is read of the database meanwhile: statements with their values."""
    asked: Asked = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def read_whole(statement: str, values: Any) -> set[str]:
    """Tables that would be read from one end to the other for this statement, which uses an index at least.

    PostgreSQL rightly reads a table of a few rows so. Told that this is dear, it does it only where no
    index serves; as it chooses by itself, only a million messages say something.
    """
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert any("INDEX" in step or "PRIMARY KEY" in step for step in steps), statement
            tables = {alias: name for name, alias in re.findall(r"(\w+) AS (\w+)", statement)}
            scanned = [step.split()[1] for step in steps if step.startswith("SCAN ")]
            return {tables.get(name, name) for name in scanned}
        chosen = _plan(connection, statement, values) if FULL else []
        connection.exec_driver_sql("SET enable_seqscan = off")
        nodes = _plan(connection, statement, values)
        assert any("Index" in node["Node Type"] for node in nodes), statement
        return _read_so(nodes) | (_read_so(chosen) & {"messages"})


def _plan(connection: Connection, statement: str, values: Any) -> list[dict[str, Any]]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    found, rest = [], [each["Plan"] for each in plan]
    while rest:
        found.append(rest.pop())
        rest += found[-1].get("Plans", ())
    return found


def _read_so(nodes: list[dict[str, Any]]) -> set[str]:
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}


@pytest.mark.promise("threads")
def test_a_thread_opens_in_eight_queries_each_by_an_index_and_counters_take_one(
    app: Flask,
    cast: Cast,
    browser_of: Callable[[Actor], FlaskClient],
    api_of: Callable[[Actor], dict[str, str]],
    crowd: list[uuid.UUID],
    count_queries: Callable[[], Any],
    figures: Figures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with count_queries() as sql:
        assert queries.unread_count(cast.bob) == len(crowd)
    figures.update({"threads": len(crowd), "messages": _stored(), "unread counters": len(sql)})
    assert len(sql) == 1
    bob, headers, thread_id = browser_of(cast.bob), api_of(cast.bob), crowd[len(crowd) // 2]
    openings: dict[str, Callable[[], object]] = {
        "page": lambda: bob.get(f"/invoices/{thread_id}"),
        "api": lambda: app.test_client().get(f"/api/v1/threads/{thread_id}/messages", headers=headers),
        "socket": lambda: join(app, cast.bob, thread_id, monkeypatch),
    }
    for name, opened in openings.items():
        opened()
        with count_queries() as sql, asking() as asked:
            start = time.perf_counter()
            answer = opened()
            spent = round((time.perf_counter() - start) * 1000)
        assert getattr(answer, "status_code", 200) == 200
        figures.update({name: len(sql), f"{name}, ms": spent})
        assert len(sql) == len(asked) <= MOST
        assert [each for each in asked if read_whole(*each) & LARGE] == []


def _stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Message)) or 0


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


def test_a_message_is_stored_and_told_without_reading_any_table_whole(
    cast: Cast, crowd: list[uuid.UUID]
) -> None:
    with asking() as asked, unit_of_work() as session:
        found = services.post_message(
            cast.bob, crowd[0], client_id=new_id(), body="Le client règle vendredi."
        )
        again = services.post_message(cast.bob, crowd[0], client_id=found.client_id, body="Deux fois ?")
        assert again.id == found.id
        session.connection().execute(posting.SENT_BY_GUESTS, {"authors": [new_id()], "ids": [new_id()]})
    about_many = [each for each in asked if any(f"FROM {table}" in each[0] for table in LARGE)]
    assert len(about_many) >= 3
    assert [each for each in about_many if read_whole(*each) & LARGE] == []
