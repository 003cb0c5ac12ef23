"""The aged balance, to the cent: against another computation, today and on past days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.factories.books import make_client, make_invoice
from tests.factories.ledger import Ledger
from tests.factories.people import Cast
from tests.kpis.independent import Replay
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden
from webapp.invoices.rules import BOUNDS
from webapp.kpis.formulas.aging import Line, total_of
from webapp.kpis.queries.aging import Question, aging_lines, grouped_by
from webapp.payments.services import record_payment

DOCUMENTS = 24_000
CLIENTS = 240


def make_ledger(cast: Cast, clients: int, documents: int) -> None:
    ledger = Ledger(today())
    reps = (cast.bob, cast.oscar)
    for number in range(clients):
        rep = reps[number % 2]
        ledger.client(rep.branch_id, rep.user_id if number % 5 else None, documents // clients)
    with unit_of_work():
        ledger.write()


def figures(lines: Iterable[Line]) -> dict[object, tuple[int, ...]]:
    return {line.key and UUID(line.key): (*line.buckets, line.credits, line.unapplied) for line in lines}


def test_every_cent_is_where_another_computation_puts_it(cast: Cast, tmp_path: Path) -> None:
    make_ledger(cast, CLIENTS, DOCUMENTS)
    replay, day = Replay(tmp_path), today()
    for days in (0, 1, 45, 200, 399, 500):
        for basis in ("due", "issue"):
            for bounds in (BOUNDS, (10, 20, 45, 200)):
                question = Question(day - timedelta(days=days), basis)
                found = figures(aging_lines(cast.alice, question, bounds))
                assert found == dict(replay.aged(question.as_of, basis, bounds)), (days, basis, bounds)
                assert found or days == 500


def test_a_line_belongs_to_its_representative_and_branch(cast: Cast) -> None:
    one, two = make_client(cast), make_client(cast, branch="Nantes", rep=cast.oscar)
    make_invoice(cast, one, 10_000, due_in=-5)
    make_invoice(cast, two, 30_000, due_in=10)
    lines = aging_lines(cast.alice, Question(today()), BOUNDS)
    by_rep = figures(grouped_by(lines, "rep"))
    assert by_rep[cast.bob.user_id][1] == 10_000 and by_rep[cast.oscar.user_id][0] == 30_000
    assert figures(grouped_by(lines, "branch")).keys() == {cast.lyon.id, cast.nantes.id}
    assert total_of(lines).total == 40_000


def test_each_person_sees_the_lines_of_the_clients_they_see(cast: Cast) -> None:
    mine, other = make_client(cast), make_client(cast, branch="Nantes", rep=cast.oscar)
    colleague = make_client(cast, rep=cast.oscar, branch="Lyon")
    for client in (mine, other, colleague):
        make_invoice(cast, client, due_in=-40)
    for day in (today(), today() - timedelta(days=3)):
        seen = {
            name: set(figures(aging_lines(getattr(cast, name), Question(day), BOUNDS)))
            for name in ("alice", "ada", "bob", "chloe", "nadia", "oscar")
        }
        assert seen["alice"] == seen["ada"] == {mine.id, other.id, colleague.id}
        assert seen["bob"] == {mine.id} and seen["oscar"] == {other.id, colleague.id}
        assert seen["chloe"] == {mine.id, colleague.id} and seen["nadia"] == {other.id}
    with pytest.raises(Forbidden):
        aging_lines(cast.david, Question(today()), BOUNDS)


def test_it_narrows_to_a_representative_a_branch_or_to_nobodys_clients(cast: Cast) -> None:
    mine, free = make_client(cast), make_client(cast, branch="Siège", sales_rep=None)
    for client in (mine, free):
        make_invoice(cast, client, due_in=-40)
    asked = (
        Question(today(), rep_id=cast.bob.user_id),
        Question(today(), branch_id=cast.lyon.id),
        Question(today(), no_rep=True),
    )
    found = [[UUID(line.key) for line in aging_lines(cast.alice, each, BOUNDS)] for each in asked]
    assert found == [[mine.id], [mine.id], [free.id]]


def test_cash_alone_makes_a_line_and_lowers_the_total(cast: Cast) -> None:
    client = make_client(cast)
    with unit_of_work():
        record_payment(
            cast.sonia, source="t", source_ref="1", client_id=client.id, received_on=today(), amount=700
        )
    line = aging_lines(cast.alice, Question(today()), BOUNDS)[0]
    assert (line.gross, line.unapplied, line.total) == (0, 700, -700)


def test_today_takes_at_most_three_reads(cast: Cast, count_queries: Callable[[], object]) -> None:
    make_ledger(cast, 30, 300)
    with count_queries() as sql:  # type: ignore[attr-defined]
        grouped_by(aging_lines(cast.bob, Question(today()), BOUNDS), "rep")
    assert len(sql) == 3
