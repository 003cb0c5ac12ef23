"""From the quote to the money: differences and days between steps."""

from __future__ import annotations

from datetime import date

from webapp.invoices.rules import Billed, Step, steps

QUOTE, ORDER = (100_000, date(2026, 1, 5)), (95_000, date(2026, 1, 20))


def test_each_step_says_what_changed_and_how_long_it_took() -> None:
    bills = [
        Billed(60_000, 0, date(2026, 2, 1), date(2026, 3, 10)),
        Billed(40_000, 0, date(2026, 2, 10), date(2026, 3, 3)),
        Billed(-5_000, 5_000, date(2026, 2, 12), None),
    ]
    assert steps(QUOTE, ORDER, bills) == [
        Step("quoted", 100_000, date(2026, 1, 5)),
        Step("ordered", 95_000, date(2026, 1, 20), -5_000, 15),
        Step("billed", 95_000, date(2026, 2, 1), 0, 12),
        Step("paid", 95_000, date(2026, 3, 10), 0, 37),
    ]


def test_payment_has_no_day_while_something_is_open_and_is_left_out_before_it_begins() -> None:
    part = [Billed(60_000, 20_000, date(2026, 2, 1), None)]
    assert steps(None, ORDER, part)[-1] == Step("paid", 40_000, None, -20_000, None)
    unpaid = [Billed(60_000, 60_000, date(2026, 2, 1), None)]
    assert [step.name for step in steps(None, ORDER, unpaid)] == ["ordered", "billed"]
    assert [step.name for step in steps(QUOTE, None, [])] == ["quoted"]
    assert steps(None, None, []) == []
