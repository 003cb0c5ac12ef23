"""Before a visit: three facts, the gravest first, and the question they call for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from webapp.home.rules.paying import Lateness, fundable, trend
from webapp.home.rules.visit import Card, Known, before_visit

DAY = date(2026, 11, 22)
LATE = Known(late_count=2, late_amount=846_000, late_days=23, oldest_ref="F-1", has_payer=True)


def kinds(card: Card) -> list[str]:
    return [fact.kind for fact in card.facts]


@pytest.mark.parametrize(
    ("known", "first", "question"),
    [
        (Known(insolvency="safeguard"), "insolvent", "administrator"),
        (Known(broken_promise_days=3), "broken_promise", "promise"),
        (Known(returned_days=10, returned_amount=500), "returned", "replacement"),
        (LATE, "late", "transfer"),
        (Known(use=108, available=-4_000), "over_limit", "orders"),
        (Known(use=90, available=1_000), "high_use", "orders"),
        (Known(payer="Anne", payer_days=12, has_payer=True), "new_payer", "meet"),
        (Known(trend=5), "slower", "change"),
        (Known(last_late=2, mean_late=12, last_amount=100, last_days=4), "earlier", "payer"),
        (Known(trend=-6, has_payer=True), "faster", "plans"),
        (Known(open_orders=100, has_payer=True), "orders", "plans"),
        (Known(next_days=3, next_amount=100), "next_due", "payer"),
        (Known(last_days=3, last_amount=100), "last_payment", "payer"),
        (Known(has_payer=True), "up_to_date", "plans"),
        (Known(), "up_to_date", "payer"),
    ],
)
def test_each_fact_calls_for_its_question(known: Known, first: str, question: str) -> None:
    card = before_visit(known)
    assert (kinds(card)[0], card.question) == (first, question)


def test_the_three_gravest_stand_and_the_gravest_asks() -> None:
    known = replace(LATE, use=95, available=10, trend=9, returned_days=4, returned_amount=1, open_orders=5)
    card = before_visit(known)
    assert kinds(card) == ["returned", "late", "high_use"] and card.question == "replacement"
    assert [fact.evidence for fact in card.facts] == ["activity", "invoice", "limit"]
    card = before_visit(replace(known, returned_days=61))
    assert kinds(card) == ["late", "high_use", "slower"] and card.values["ref"] == "F-1"
    assert before_visit(replace(LATE, oldest_ref=None)).facts[0].evidence == "invoices"


@pytest.mark.parametrize(
    "known",
    [
        Known(use=89, available=1),
        Known(trend=4),
        Known(trend=-4),
        Known(payer="Anne", payer_days=61),
        Known(returned_days=61, returned_amount=1),
        Known(last_late=8, mean_late=12),
        Known(last_late=8),
    ],
)
def test_what_is_not_remarkable_is_not_told(known: Known) -> None:
    assert kinds(before_visit(known)) == ["up_to_date"]


def test_the_trend_compares_three_months_with_the_twelve_before() -> None:
    recent, before = Lateness(days=300 * 20, weight=300), Lateness(days=900 * 12, weight=900)
    assert trend(recent, before) == 8 and trend(before, recent) == -8
    assert trend(Lateness(), before) is None and trend(recent, Lateness()) is None
    assert Lateness().mean is None


def test_fundable_is_what_a_factor_would_lend_on() -> None:
    parts = [
        (DAY + timedelta(days=20), 500),
        (DAY - timedelta(days=30), 300),
        (DAY - timedelta(days=31), 900),
    ]
    assert fundable(parts, 0, DAY, 30, insolvent=False) == 800
    assert fundable(parts, 250, DAY, 30, insolvent=False) == 550
    assert fundable(parts, 2_000, DAY, 30, insolvent=False) == 0
    assert fundable(parts, -50, DAY, 30, insolvent=False) == 800
    assert fundable(parts, 0, DAY, 30, insolvent=True) == 0
    assert fundable([], 0, DAY, 30, insolvent=False) == 0
