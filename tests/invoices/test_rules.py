"""Decisions about invoices: status, buckets, instalments, payer class."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from webapp.invoices import rules

TODAY = date(2026, 11, 22)


def status(**changes: object) -> str:
    values = {"kind": "invoice", "gross": 100, "open_": 100, "due_on": TODAY, "today": TODAY, "voided": False}
    return rules.status(**{**values, **changes})  # type: ignore[arg-type]


def test_an_invoice_is_overdue_the_day_after_its_due_date() -> None:
    assert status() == "open"
    assert status(due_on=TODAY - timedelta(days=1)) == "overdue"
    assert status(kind="deposit", due_on=TODAY - timedelta(days=1)) == "overdue"
    assert status(kind="credit_note", due_on=TODAY - timedelta(days=1)) == "open"


def test_what_is_settled_shows_in_the_status() -> None:
    assert status(open_=40) == "partly_paid"
    assert status(open_=0, due_on=TODAY - timedelta(days=9)) == "paid"
    assert status(open_=0, voided=True) == "void"


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (-30, 0),
        (0, 0),
        (1, 1),
        (30, 1),
        (31, 2),
        (60, 2),
        (61, 3),
        (90, 3),
        (91, 4),
        (120, 4),
        (121, 5),
        (999, 5),
    ],
)
def test_days_overdue_fall_into_six_buckets(late: int, bucket: int) -> None:
    assert rules.bucket(TODAY - timedelta(days=late), TODAY) == bucket


def test_instalments_are_positive_and_make_the_total() -> None:
    assert rules.check_instalments(100, [60, 40])
    assert not rules.check_instalments(100, [60, 50])
    assert not rules.check_instalments(100, [100, 0])
    assert not rules.check_instalments(0, [])


def test_money_covers_the_earliest_due_part_first_whatever_the_order_given() -> None:
    parts = [(date(2026, 12, 1), 50), (date(2026, 10, 1), 30), (date(2026, 11, 1), 20)]
    assert rules.spread(parts, 40) == [0, 30, 10]
    assert rules.spread(parts, 0) == [0, 0, 0]
    assert rules.spread(parts, 1000) == [50, 30, 20]


@pytest.mark.parametrize(
    ("days", "letter"),
    [(None, None), (-5, "A"), (30, "A"), (31, "B"), (60, "B"), (61, "C"), (90, "C"), (91, "D"), (400, "D")],
)
def test_the_payer_class_follows_the_mean_lateness(days: int | None, letter: str | None) -> None:
    assert rules.payer_class(days) == letter
    assert rules.payer_class(days, insolvent=True) == "E"


def test_a_due_date_before_issue_is_a_warning() -> None:
    assert rules.warnings(TODAY, TODAY - timedelta(days=1)) == ["due_before_issue"]
    assert rules.warnings(TODAY, TODAY) == []
