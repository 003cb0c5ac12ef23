"""Facts count in full until their last day, then fade; what a signature stands for does not move."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.visits import rules
from webapp.visits.rules import Deed, FactKind

LAST = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("weight", "days", "left"),
    [
        (6, -40, 6),
        (6, 0, 6),
        (6, 10, 4),
        (6, 15, 3),
        (6, 29, 0),
        (6, 30, 0),
        (-4, 15, -2),
        (10, 29, 0),
        (0, 5, 0),
    ],
)
def test_a_fact_fades_over_a_month_after_its_last_day(weight: int, days: int, left: int) -> None:
    assert rules.strength(weight, LAST, LAST + timedelta(days=days)) == left


def test_a_fact_stands_fades_and_is_gone() -> None:
    days = [-1, 0, 1, 29, 30]
    states = [rules.state_of(LAST, LAST + timedelta(days=each)) for each in days]
    assert states == ["standing", "standing", "fading", "fading", "gone"]
    assert rules.state_of(LAST, LAST, ended=True, replaced=True) == "ended"
    assert rules.state_of(LAST, LAST, replaced=True) == "replaced"


def test_a_fact_holds_for_the_days_of_its_kind() -> None:
    assert rules.last_day(date(2026, 9, 1), 85) == LAST


def test_kinds_are_the_product_s_as_changed_then_the_company_s() -> None:
    own = FactKind("roof", 1, 10, "Toiture refaite")
    changed = FactKind("stock_high", 5, 30, "Stock énorme", used=False)
    merged = rules.merge_kinds([own, changed])
    assert [each.code for each in merged] == [*(each.code for each in rules.STANDARD), "roof"]
    assert merged[2] == changed and merged[-1] == own


def test_a_weight_has_a_look() -> None:
    assert [rules.tone_of(each) for each in (-4, 0, 3, 6, 10)] == ["ok", "brand", "warn", "bad", "bad"]


def test_a_visit_is_never_in_the_future_nor_more_than_a_year_old() -> None:
    now = datetime(2026, 11, 25, 10, tzinfo=UTC)
    before = now - timedelta(hours=3)
    assert rules.not_later(None, now) == rules.not_later(now + timedelta(days=1), now) == now
    assert rules.not_later(before, now) == before
    assert [rules.too_old(each, now) for each in (None, before, now - timedelta(days=400))] == [
        False,
        False,
        True,
    ]


def test_one_changed_word_changes_the_digest() -> None:
    deed = Deed(
        id=uuid.UUID(int=1),
        creditor="Encours SA",
        creditor_siren="732829320",
        debtor="Ateliers Delorme",
        debtor_siren="",
        amount=722_000,
        currency="EUR",
        words="sept mille deux cent vingt euros",
        signatory="Élise Delorme",
        capacity="gérante",
        signed_at=datetime(2026, 11, 25, 10, 30, tzinfo=UTC),
        signature="a" * 64,
    )
    digest = rules.digest_of(deed)
    assert digest == rules.digest_of(replace(deed)) and len(digest) == 64
    others = {"amount": 722_001, "capacity": "associée", "signature": "b" * 64, "debtor_siren": "1"}
    assert len({rules.digest_of(replace(deed, **{name: value})) for name, value in others.items()}) == 4  # type: ignore[arg-type]
