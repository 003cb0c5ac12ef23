"""Legal interest and the fixed fee, against figures worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from webapp.invoices.rules.late_interest import FIXED_FEE, half_year, late_charges, rate_of

FLAT = {(2025, 1): 1025, (2025, 2): 1025, (2026, 1): 1025}
DUE = date(2025, 2, 1)


def test_ten_thousand_at_ten_and_a_quarter_for_ninety_days() -> None:
    charges = late_charges([(DUE, 1_000_000)], [], DUE + timedelta(days=90), rates=FLAT)
    assert charges is not None
    assert (charges.interest, charges.fee, charges.total) == (25_274, FIXED_FEE, 25_274 + FIXED_FEE)
    assert charges.fallback is None and charges.rate == 1025


def test_nothing_is_due_on_the_due_date_itself() -> None:
    assert late_charges([(DUE, 1_000_000)], [], DUE) is None
    assert late_charges([(DUE, 1_000_000)], [(DUE, 1_000_000)], DUE + timedelta(days=90)) is None


def test_a_delay_across_half_years_is_cut_at_the_turn() -> None:
    due = date(2025, 6, 20)
    charges = late_charges([(due, 1_000_000)], [], date(2025, 7, 10))
    # 10 days of June at 13.15 %, 10 days of July at 12.15 %
    assert charges is not None
    assert charges.interest == round(1_000_000 * (1315 * 10 + 1215 * 10) / 3_650_000)


def test_part_payments_cut_the_delay_and_paid_pieces_still_owe() -> None:
    due = date(2025, 2, 1)
    settled = [(due + timedelta(days=30), 400_000), (due + timedelta(days=60), 600_000)]
    charges = late_charges([(due, 1_000_000)], settled, due + timedelta(days=300), rates=FLAT)
    assert charges is not None
    assert charges.interest == round((400_000 * 30 + 600_000 * 60) * 1025 / 3_650_000)


def test_each_instalment_is_late_on_its_own() -> None:
    parts = [(DUE, 500_000), (DUE + timedelta(days=60), 500_000)]
    charges = late_charges(parts, [(DUE + timedelta(days=10), 700_000)], DUE + timedelta(days=70), rates=FLAT)
    assert charges is not None
    assert charges.interest == round((500_000 * 10 + 300_000 * 10) * 1025 / 3_650_000)


def test_one_payment_can_cover_two_parts_and_be_used_up() -> None:
    parts = [(DUE, 100), (DUE + timedelta(days=1), 100)]
    assert late_charges(parts, [(DUE, 100), (DUE, 100)], DUE + timedelta(days=90), rates=FLAT) is None


def test_a_missing_half_year_falls_back_on_the_last_one_and_says_so() -> None:
    charges = late_charges([(date(2026, 6, 30), 1_000_000)], [], date(2026, 7, 30))
    assert charges is not None
    assert charges.fallback == (2026, 2) and charges.rate == 1215
    assert rate_of((2023, 1)) == (1425, True)


def test_the_fee_is_not_claimed_from_the_insolvent() -> None:
    charges = late_charges([(DUE, 1_000_000)], [], DUE + timedelta(days=9), insolvent=True)
    assert charges is not None and charges.fee == 0


@pytest.mark.parametrize(("day", "half"), [(date(2026, 6, 30), (2026, 1)), (date(2026, 7, 1), (2026, 2))])
def test_the_second_half_year_starts_in_july(day: date, half: tuple[int, int]) -> None:
    assert half_year(day) == half
