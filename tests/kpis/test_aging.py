"""The aged balance, to the cent: against another computation, today and on past days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories.books import make_client, make_invoice
from tests.factories.ledger import Ledger
from tests.factories.people import Cast
from tests.kpis.independent import Replay
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden
from webapp.invoices.rules import BOUNDS
from webapp.kpis.formulas.aging import total_of
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


def figures(lines: object) -> dict[object, tuple[int, ...]]:
    return {line.key: (*line.buckets, line.credits, line.unapplied) for line in lines}  # type: ignore[attr-defined]


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
