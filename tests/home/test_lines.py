"""The lines of the list follow whatever changes a client, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.clients.services import archive_clients, upsert_client
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.extensions import db as _db
from webapp.home.jobs import refresh_all_lines
from webapp.home.models import ClientLine
from webapp.home.queries import accounts
from webapp.home.queries.accounts import Choice
from webapp.home.rules import FLAGS
from webapp.invoices.models import Balance
from webapp.payments.services import record_payment
from webapp.risk.services import set_limit


def line_of(client: Client) -> ClientLine | None:
    _db.session.expire_all()
    return _db.session.scalar(select(ClientLine).where(ClientLine.client_id == client.id))


def found(cast: Cast, q: str, *, who: object = None, **choice: str) -> list[str]:
    rows = accounts.list_accounts(who or cast.alice, Choice(q, **choice), limit=50)
    return [row.client.legal_name for row in rows]


def test_a_line_is_there_from_the_start_and_follows_invoices_payments_and_limits(cast: Cast) -> None:
    client = make_client(cast)
    line = line_of(client)
    assert (line.rank, line.overdue, line.outstanding, line.flags) == (0, 0, 0, FLAGS["no_limit"])
    make_invoice(cast, client, 80_000, due_in=-61)
    line = line_of(client)
    late = FLAGS["overdue"] + FLAGS["overdue_60"]
    assert (line.rank, line.overdue, line.outstanding) == (0, 80_000, 80_000)
    assert line.flags == late + FLAGS["no_limit"]
    with unit_of_work():
        set_limit(cast.alice, client.id, amount=70_000)
    assert (line_of(client).rank, line_of(client).flags) == (1, late + FLAGS["breach"])
    with unit_of_work():
        record_payment(
            cast.sonia, source="test", source_ref="1", client_id=client.id, received_on=today(), amount=10_000
        )
    assert (line_of(client).rank, line_of(client).outstanding) == (0, 70_000)


def test_a_line_follows_the_name_the_place_and_the_archive(cast: Cast) -> None:
    client = make_client(cast, legal_name="Delorme")
    with unit_of_work():
        upsert_client(cast.system, client.ref, {"legal_name": "Ambrosi", "insolvency": "receivership"})
    line = line_of(client)
    assert (line.sort_name, line.rank) == ("ambrosi", 2)
    assert found(cast, "ambro") == ["Ambrosi"]
    assert found(cast, "delorme") == []
    with unit_of_work():
        archive_clients(cast.system, [client.id])
    assert line_of(client) is None
    assert found(cast, "ambro") == []


def test_what_is_undone_leaves_no_trace_in_the_list(cast: Cast) -> None:
    client = make_client(cast)
    with pytest.raises(RuntimeError), unit_of_work():
        set_limit(cast.alice, client.id, amount=0)
        raise RuntimeError
    assert line_of(client).flags == FLAGS["no_limit"]


def test_words_are_found_anywhere_in_the_identity_and_references_from_their_start(cast: Cast) -> None:
    client = make_client(cast, legal_name="Isolation Œuvré", city="Saint-Étienne")
    make_client(cast, legal_name="Gauthier", city="Bron")
    make_invoice(cast, client, ref="Ab-2026-77_9")
    for q in ("olat", "oeuvre", "etienne isol", "ÉTIENNE", "at", "n s", "Ab-2026-77", "Ab-2026-77_9"):
        assert found(cast, q) == ["Isolation Œuvré"], q
    for q in ("olat bron", '"olat"', "2026-77", "ab-2026-77%", "Ab-2026-7__", "is*", "isol OR bron", "zz"):
        assert found(cast, q) == [], q
    make_invoice(cast, client, ref="F-9-1")
    assert found(cast, "f-9") == ["Isolation Œuvré"]
    assert found(cast, "isol", who=cast.oscar) == []


def test_the_order_says_nothing_about_limits_to_those_who_may_not_see_them(cast: Cast) -> None:
    over, late = make_client(cast, legal_name="Over"), make_client(cast, legal_name="Late")
    make_invoice(cast, over, 50_000, due_in=20)
    make_invoice(cast, late, 50_000, due_in=-20)
    with unit_of_work():
        set_limit(cast.alice, over.id, amount=10_000)
    assert found(cast, "") == ["Over", "Late"]
    assert found(cast, "", who=cast.david) == ["Late", "Over"]


def test_pages_of_each_order_hold_everyone_once(cast: Cast) -> None:
    for number in range(7):
        client = make_client(cast, legal_name=f"Client {number % 3}")
        if number % 2:
            make_invoice(cast, client, 10_000 * (number % 4), due_in=-number)
    for sort in accounts.SORTS:
        seen, after = [], None
        while True:
            rows = accounts.list_accounts(cast.bob, Choice(sort=sort), limit=2, after=after)
            seen += [row.client.id for row in rows[:2]]
            if len(rows) <= 2:
                break
            after = accounts.position_of(rows[1])
        assert len(seen) == len(set(seen)) == 7, sort


def test_the_daily_job_writes_every_line_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.home.services.refresh_after.__defaults__", (2,))
    clients = [make_client(cast) for _number in range(5)]
    make_invoice(cast, clients[0], due_in=-60)
    with unit_of_work():
        _db.session.execute(delete(ClientLine).where(ClientLine.client_id == clients[1].id))
        _db.session.execute(update(Balance).values(overdue_since=today() - timedelta(days=61)))
    refresh_all_lines()
    assert line_of(clients[0]).flags & FLAGS["overdue_60"]
    assert all(line_of(client) for client in clients)
