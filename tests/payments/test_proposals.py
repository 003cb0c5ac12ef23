"""What a payment may settle: the rules, without a database."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from webapp.core.ids import new_id
from webapp.payments.rules.candidates import MOST_STEPS, Case, Search
from webapp.payments.rules.evidence import Item, Proposal, Receipt, Returned
from webapp.payments.rules.habits import Habits, Settled, Withheld, learn
from webapp.payments.rules.proposals import propose
from webapp.payments.rules.references import read_text
from webapp.payments.rules.sums import Steps, runs, small_sums, subsets

DAY = date(2026, 3, 1)


def item(ref: str, amount: int, day: int = 0, *, sign: int = 1, parts: tuple[int, ...] = ()) -> Item:
    issued = DAY + timedelta(days=day)
    return Item(new_id(), ref, amount, issued, issued + timedelta(days=30), sign, parts or (amount,))


def paid(amount: int, text: str = "VIR CLIENT", day: int = 40) -> Receipt:
    return Receipt(new_id(), amount, DAY + timedelta(days=day), text)


def best(receipt: Receipt, case: Case) -> Proposal:
    return propose(receipt, case)[0]


def refs(proposal: Proposal) -> list[str]:
    return [each.ref for each in proposal.items]


def codes(proposal: Proposal) -> list[str]:
    return [each.code for each in proposal.reasons]


THREE = (item("F-1001", 120_00, 0), item("F-1002", 340_50, 3), item("F-1003", 99_99, 35))


def test_a_named_invoice_of_that_amount_is_sure() -> None:
    found = best(paid(340_50, "VIR FACT F-1002"), Case(THREE))
    assert refs(found) == ["F-1002"] and found.sure
    assert codes(found) == ["named_exact", "amount_none"]


def test_the_exact_amount_of_one_invoice_is_sure_without_a_text() -> None:
    found = best(paid(99_99), Case(THREE))
    assert refs(found) == ["F-1003"] and found.sure


def test_equal_invoices_are_never_sure_and_say_why() -> None:
    case = Case((*THREE, item("F-1004", 99_99, 36)), habits=Habits(oldest_first=True, delay=5, known=9))
    found = propose(paid(99_99), case)
    assert {tuple(refs(each)) for each in found[:2]} == {("F-1003",), ("F-1004",)}
    assert not any(each.sure for each in found)
    assert all([reason.code for reason in each.doubts] == ["twin"] for each in found[:2])


def test_the_same_amount_paid_twice_is_looked_at() -> None:
    found = best(paid(99_99), Case(THREE, siblings=(paid(99_99),)))
    assert refs(found) == ["F-1003"] and [each.code for each in found.doubts] == ["same_payment"]


def test_a_reference_decides_between_equal_invoices() -> None:
    case = Case((*THREE, item("F-1004", 99_99, 36)))
    found = best(paid(99_99, "REGLT FACT 1004"), case)
    assert refs(found) == ["F-1004"] and found.sure


def test_two_explanations_of_one_amount_make_both_doubtful() -> None:
    case = Case((item("A", 100_00), item("B", 200_00, 1), item("C", 300_00, 50)))
    found = propose(paid(300_00, day=60), case)
    assert {tuple(refs(each)) for each in found[:2]} == {("A", "B"), ("C",)}
    assert not any(each.sure for each in found)


def test_all_the_invoices_of_a_day_or_month_and_the_oldest_are_found() -> None:
    days = tuple(
        item(f"D{day}-{number}", 1000 + 137 * day + 11 * number, day)
        for day in (0, 5, 9, 33)
        for number in (1, 2, 3)
    )
    case = Case(days)
    fifth = [each for each in days if each.ref.startswith("D5-")]
    assert refs(best(paid(sum(each.open for each in fifth)), case)) == [each.ref for each in fifth]
    march = [each for each in days if each.issued_on.month == 3]
    assert best(paid(sum(each.open for each in march)), case).kind in ("month", "oldest")
    assert best(paid(sum(each.open for each in days[:4])), case).kind == "oldest"
    assert best(paid(sum(each.open for each in days)), case).kind == "all"


def test_an_invoice_less_its_credit_note() -> None:
    case = Case(THREE, credits=(item("AV-1", 13_93, 5, sign=-1),))
    found = best(paid(340_50 - 13_93), case)
    assert refs(found) == ["F-1002"] and [each.ref for each in found.credits] == ["AV-1"] and found.sure
    assert {(each.amount, each.of_credit) for each in found.shares} == {
        (13_93, True),
        (340_50 - 13_93, False),
    }


def test_cents_that_are_missing_are_written_off_when_the_text_names_the_invoice() -> None:
    found = best(paid(340_00, "FACTURE F-1002"), Case(THREE, tolerance=100))
    assert (found.gap, found.write_off, found.sure) == (50, "difference", True)
    silent = best(paid(340_00), Case(THREE, tolerance=100))
    assert (silent.write_off, silent.sure) == ("difference", False)
    more = best(paid(341_00, "FACTURE F-1002"), Case(THREE, tolerance=100))
    assert (more.gap, more.write_off) == (-50, None) and "amount_over" in codes(more)


def test_what_misses_the_amount_stands_behind_what_meets_it() -> None:
    case = Case((item("A", 49_83), item("B", 20_00, 1), item("C", 30_22, 2)), tolerance=100)
    found = propose(paid(50_22), case)
    assert refs(found[0]) == ["B", "C"]
    assert all(not each.sure for each in found if each.gap)


def test_a_discount_counts_as_a_habit_once_it_came_twice() -> None:
    habits = learn([], [Withheld("discount", 2_00, 100_00), Withheld("discount", 6_81, 340_50)])
    assert habits.discounts == (20,)
    known = best(paid(117_60), Case(THREE, habits=habits, cap=50_00))
    assert (refs(known), known.gap, known.write_off) == (["F-1001"], 2_40, "discount")
    guessed = best(paid(117_60), Case(THREE, cap=50_00))
    assert guessed.confidence < known.confidence and not guessed.sure
    assert best(paid(117_60), Case(THREE, habits=habits, cap=1_00)).write_off is None


def test_bank_fees_that_are_always_held_back() -> None:
    habits = learn([], [Withheld("bank_fees", 15_00, 900_00)] * 2)
    found = best(paid(325_50), Case(THREE, habits=habits, cap=50_00))
    assert (refs(found), found.write_off) == (["F-1002"], "bank_fees")


def test_two_payments_for_one_invoice() -> None:
    found = best(paid(140_50), Case(THREE, siblings=(paid(200_00),)))
    assert refs(found) == ["F-1002"] and len(found.receipts) == 2 and not found.sure
    assert sum(each.amount for each in found.shares) == 340_50


def test_a_payment_sent_again_after_the_bank_took_it_back() -> None:
    again = Returned(460_50, DAY + timedelta(days=33), frozenset(each.id for each in THREE[:2]))
    found = propose(paid(460_50), Case((*THREE, item("X", 460_50, 9)), returned=(again,)))
    assert ("again" in [each.kind for each in found]) and not found[0].sure


def test_an_instalment_is_found() -> None:
    case = Case((item("F-9", 900_00, parts=(300_00, 300_00, 300_00)),))
    found = best(paid(300_00), case)
    assert found.kind == "instalment" and found.gap == 600_00 and found.write_off is None


def test_a_part_of_what_is_named_and_more_than_what_is_named() -> None:
    part = best(paid(100_00, "ACOMPTE FACT F-1002"), Case(THREE))
    assert (part.kind, refs(part), part.sure) == ("named_part", ["F-1002"], False)
    more = best(paid(400_00, "FACT F-1002"), Case(THREE))
    assert (more.kind, more.gap, more.sure) == ("named_surplus", -59_50, False)
    assert sum(each.amount for each in more.shares) == 340_50


def test_a_text_the_bank_cut_is_completed_by_neighbours() -> None:
    four = (*THREE, item("F-1000", 55_55, -9))
    found = best(paid(120_00 + 340_50 + 99_99, "FACT F-1001 F-1002 F-10"), Case(four))
    assert (found.kind, refs(found)) == ("named_and", ["F-1001", "F-1002", "F-1003"]) and not found.sure


def test_a_text_that_names_something_else_forbids_sureness() -> None:
    found = propose(paid(99_99, "FACT F-1002"), Case(THREE))
    silent = next(each for each in found if refs(each) == ["F-1003"])
    assert not silent.sure and "names_other" in codes(silent)
    unknown = best(paid(99_99, "FACT 77123"), Case(THREE))
    assert not unknown.sure and "names_unknown" in codes(unknown)


def test_an_invoice_issued_after_the_money_came_is_doubtful() -> None:
    found = best(paid(99_99, "FACT F-1003", day=10), Case(THREE))
    assert not found.sure and "later" in codes(found)


def test_what_was_refused_is_not_proposed_again() -> None:
    first = best(paid(99_99), Case(THREE))
    receipt = first.receipts[0]
    assert all(each.key != first.key for each in propose(receipt, Case(THREE), {first.key}))


def test_habits_are_learnt_from_what_was_matched() -> None:
    def row(start: int, *days: int) -> Settled:
        return Settled(DAY + timedelta(days=start), tuple(DAY + timedelta(days=day) for day in days))

    monthly = learn([row(45, 0, 10, 20), row(76, 31, 40), row(106, 61, 70, 75), row(137, 92)])
    assert monthly.whole_months and monthly.oldest_first and monthly.delay in range(30, 46)
    assert learn([]) == Habits() and learn([row(5, 0)]).delay is None
    split = learn([row(45, 0), row(46, 0), row(76, 31), row(77, 31)])
    assert not split.whole_days


def test_no_account_however_large_takes_more_than_the_known_number_of_steps() -> None:
    dice = random.Random(7)
    for count in (300, 5_000):
        for spread in (5, 10**7):
            items = tuple(
                item(f"F-{number}", dice.randint(1, spread), dice.randint(0, 400)) for number in range(count)
            )
            credits = tuple(item(f"A-{number}", dice.randint(1, 99), 0, sign=-1) for number in range(200))
            steps = Steps(MOST_STEPS)
            receipt = paid(dice.randint(1, 10**8), "FACT " + " ".join(str(n) for n in range(200)), day=500)
            propose(receipt, Case(items, credits, tolerance=100, cap=5_000), steps=steps)
            assert steps.used <= MOST_STEPS


@pytest.mark.parametrize("seed", range(20))
def test_every_proposal_adds_up(seed: int) -> None:
    dice = random.Random(seed)
    items = tuple(
        item(f"F-{number}", dice.randint(1, 300) * 100, dice.randint(0, 60)) for number in range(12)
    )
    credits = tuple(item(f"A-{number}", dice.randint(1, 50) * 100, 1, sign=-1) for number in range(3))
    receipt = paid(dice.randint(1, 900) * 100, dice.choice(["", "FACT F-3 F-5", "F-7"]), day=70)
    for found in propose(receipt, Case(items, credits, tolerance=100, cap=5_000)):
        opens = {each.id: each.open for each in (*items, *credits)}
        for share in found.shares:
            assert share.amount > 0
            opens[share.invoice_id] -= share.amount
            if share.of_credit:
                opens[share.source_id] -= share.amount
        assert min(opens.values()) >= 0
        used = sum(share.amount for share in found.shares if not share.of_credit)
        assert used <= receipt.amount
        left = sum(opens[each.id] for each in found.items)
        assert left == max(found.gap, 0)
        assert receipt.amount - used == max(-found.gap, 0)


def test_runs_and_sets_are_complete_within_their_steps() -> None:
    amounts = [3, 1, 4, 1, 5, 9, 2, 6]
    assert list(runs(amounts, 10, Steps(100))) == [(2, 5)]
    assert list(runs(amounts, 10**6, Steps(100))) == []
    found = {
        tuple(sorted(amounts[place] for place in each)) for each in subsets(amounts, 11, 3, Steps(1_000))
    }
    assert found == {(1, 1, 9), (2, 9), (5, 6), (1, 4, 6), (2, 3, 6), (2, 4, 5)}
    assert list(subsets(amounts, 11, 3, Steps(2))) == []
    assert small_sums([5, 7, 5], 2)[12] in ((0, 1), (1, 2))


def test_an_invoice_and_the_credit_note_the_text_names_beside_it() -> None:
    case = Case(THREE, credits=(item("AV-77", 40_50, 5, sign=-1),))
    found = best(paid(300_00, "FACT F-1002 MOINS AVOIR AV-77"), case)
    assert refs(found) == ["F-1002"] and [each.ref for each in found.credits] == ["AV-77"]


def test_one_of_the_named_invoices_was_left_out() -> None:
    found = best(paid(120_00 + 99_99, "FACT F-1001 F-1002 F-1003"), Case(THREE))
    assert sorted(refs(found)) == ["F-1001", "F-1003"] and not found.sure


def test_several_payments_settle_one_invoice_or_everything_together() -> None:
    half = paid(200_00, "ACOMPTE")
    found = propose(half, Case((item("F-9", 340_50),), siblings=(paid(140_50, "SOLDE"),)))
    assert any(refs(each) == ["F-9"] for each in found)
    parts = (paid(100_00, "UN"), paid(160_49, "DEUX"), paid(50_00, "TROIS"))
    rest = paid(sum(each.open for each in THREE) - 310_49, "QUATRE")
    assert any(len(refs(each)) == 3 for each in propose(rest, Case(THREE, siblings=parts)))


def test_nothing_open_and_no_steps_left_propose_nothing() -> None:
    assert propose(paid(10_00), Case(())) == []
    assert Search(paid(10_00), Case((), siblings=(paid(5_00),)), read_text("", [])).run() == []
    assert list(runs([1, 2, 3], 3, Steps(0))) == []
    assert list(runs([5, 1], 1, Steps(2))) == []
    receipt, case = paid(340_50), Case(THREE, siblings=(paid(1), paid(2)))
    for limit in range(0, 40):
        steps = Steps(limit)
        Search(receipt, case, read_text(receipt.text, list(THREE)), steps).run()
        assert steps.used <= limit
