"""The arithmetic of the aged balance, without a database."""

from __future__ import annotations

from datetime import date

from webapp.invoices.rules import BOUNDS, check_bounds
from webapp.kpis.formulas.aging import Line, ages, edges, figure_of, rolled_up, shares, total_of, with_cash

DAY = date(2026, 11, 30)


def test_the_edges_of_buckets_are_the_days_something_moves_on() -> None:
    assert edges(DAY, (30, 60)) == (DAY, date(2026, 10, 31), date(2026, 10, 1))
    assert ages(BOUNDS) == [(None, 0), (1, 30), (31, 60), (61, 90), (91, 120), (121, None)]


def test_the_total_is_what_is_open_less_credits_and_cash() -> None:
    line = Line("a", (100, 20, 0, 0, 0, 3), credits=10, unapplied=5)
    assert (line.gross, line.overdue, line.total) == (123, 23, 108)
    assert [figure_of(name)(line) for name in ("b0", "b5", "credits", "total")] == [100, 3, 10, 108]


def test_lines_add_up_by_group() -> None:
    lines = [
        Line("a", (1, 2, 0, 0, 0, 0), 1, 1),
        Line("b", (3, 0, 0, 0, 0, 0)),
        Line("c", (5, 0, 0, 0, 0, 0)),
    ]
    found = {line.key: line for line in rolled_up(lines, {"a": 1, "b": 1, "c": 2}.__getitem__)}
    assert found[1] == Line(1, (4, 2, 0, 0, 0, 0), 1, 1) and found[2].gross == 5
    assert total_of(lines).gross == 11 and total_of([]).total == 0


def test_cash_of_a_client_without_open_items_is_a_line_and_an_empty_line_is_none() -> None:
    rows = [("a", 1, 0, 0, 0, 0, 0, 0), ("b", 0, 0, 0, 0, 0, 0, 0)]
    found = {line.key: line.unapplied for line in with_cash(rows, {"a": 4, "c": 9})}
    assert found == {"a": 4, "c": 9}


def test_shares_are_per_cents_and_zero_of_nothing() -> None:
    assert shares((1, 1, 1, 0, 0, 0)) == [33.3, 33.3, 33.3, 0, 0, 0]
    assert shares((0,) * 6) == [0] * 6


def test_bounds_rise_and_end_within_ten_years() -> None:
    assert check_bounds((30, 60, 90, 120)) and check_bounds((1, 2, 3, 3650))
    wrong = [(30, 60, 90), (60, 30, 90, 120), (30, 30, 90, 120), (0, 1, 2, 3), (1, 2, 3, 3651), (-1, 2, 3, 4)]
    assert not any(check_bounds(each) for each in wrong)
