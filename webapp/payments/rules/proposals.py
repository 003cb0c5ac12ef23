"""What a payment may settle, ranked, each with its reasons. Pure: the table of points is the rule.

Confidence is the sum of the points below: how the documents were found, how well the amount agrees,
and whether the client is used to paying so. A doubt never goes away by points: equal invoices, another
explanation of the same amount, a text that names something else. `docs/matching.md` shows the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from webapp.payments.rules import spread_over
from webapp.payments.rules.candidates import Candidate, Case, Search
from webapp.payments.rules.evidence import Item, Proposal, Reason, Receipt
from webapp.payments.rules.references import Reading, read_text
from webapp.payments.rules.sums import Steps

MOST_PROPOSALS = 5
NAMED = {"exact": 60, "number": 55, "range": 50, "tail": 50}
SHAPES = {
    "again": 50,
    "single": 50,
    "instalment": 50,
    "all": 50,
    "oldest": 50,
    "day": 50,
    "due": 50,
    "month": 50,
    "period": 35,
    "run": 35,
    "named_and": 45,
    "named_but_one": 35,
    "all_but_one": 30,
    "several": 30,
    "set": 25,
    "in_part": 10,
}
GAPS = {
    "none": 40,
    "instalment": 40,
    "credits": 40,
    "tolerance": 20,
    "tolerance_named": 35,
    "fees": 35,
    "discount": 35,
    "usual_discount": 15,
    "surplus": 20,
    "short": 15,
}
RIVAL = 25  # another explanation this many points behind still makes one doubt
INEXACT = 30  # taken off what misses the amount while something else meets it
LOOSE = ("single", "instalment", "oldest", "period", "run", "all_but_one", "several", "set", "in_part")


def propose(
    receipt: Receipt, case: Case, refused: Collection[str] = (), steps: Steps | None = None
) -> list[Proposal]:
    """What `receipt` may settle among `case`, best first, at most MOST_PROPOSALS.

    `refused` are keys of proposals a person turned down. Never more than `candidates.MOST_STEPS`
    steps, however many documents are open.
    """
    if receipt.amount <= 0 or not case.items:
        return []
    reading = read_text(receipt.text, (*case.items, *case.credits))
    found = Search(receipt, case, reading, steps).run()
    kept = _best_of_each([(each, _proposal(receipt, each, case, reading)) for each in found], refused)
    done = [_doubted(each, draft, kept, case, reading) for each, draft in kept]
    done.sort(key=lambda each: (-each.confidence, not each.sure, *each.items[0].age_key, len(each.items)))
    return done[:MOST_PROPOSALS]


def _best_of_each(
    drafts: Sequence[tuple[Candidate, Proposal]], refused: Collection[str]
) -> list[tuple[Candidate, Proposal]]:
    """The same documents found in several ways are one proposal: the strongest way."""
    best: dict[str, tuple[Candidate, Proposal]] = {}
    for found, draft in drafts:
        known = best.get(draft.key)
        if draft.key not in refused and (known is None or draft.confidence > known[1].confidence):
            best[draft.key] = (found, draft)
    return list(best.values())


def _proposal(receipt: Receipt, found: Candidate, case: Case, reading: Reading) -> Proposal:
    receipts = found.receipts or (receipt,)
    items = tuple(sorted(found.items, key=lambda item: item.age_key))
    sources = [(credit.id, credit.open, True) for credit in found.gap.credits]
    sources += [(each.id, each.amount, False) for each in receipts]
    shares = spread_over(sources, [(item.id, item.open) for item in items])
    reasons = (_found(found, reading), _agrees(found), *_habits(receipt, found, case))
    return Proposal(
        kind=found.shape,
        items=items,
        credits=found.gap.credits,
        receipts=receipts,
        shares=tuple(shares),
        gap=found.gap.size,
        write_off=found.gap.write_off,
        reasons=reasons,
    )


def _found(found: Candidate, reading: Reading) -> Reason:
    """How the documents were found."""
    items, refs = found.items, [item.ref for item in found.items]
    if found.named:
        return Reason(f"named_{found.how}", NAMED[found.how], {"refs": refs, "count": len(refs)})
    values: dict[str, object] = {"count": len(refs), "first": refs[0], "last": refs[-1], "refs": refs}
    values |= {"day": items[0].issued_on, "due": items[0].due_on, "until": items[-1].issued_on}
    if found.left_out is not None:
        values["left_out"] = found.left_out.ref
    if found.shape == "named_and":
        values["named"] = [each.item.ref for each in reading.mentions]
    if found.receipts:
        values["payments"] = len(found.receipts)
    return Reason(found.shape, SHAPES[found.shape], values)  # type: ignore[arg-type]


def _agrees(found: Candidate) -> Reason:
    """How the amount agrees with them."""
    gap = found.gap
    values: dict[str, object] = {"amount": abs(gap.size), "count": len(found.items)}
    if gap.credits:
        values |= {"refs": [each.ref for each in gap.credits], "amount": sum(c.open for c in gap.credits)}
    if gap.rate:
        values["rate"] = gap.rate
    code = "over" if gap.kind == "tolerance" and gap.size < 0 else gap.kind
    points = GAPS["tolerance_named" if gap.kind == "tolerance" and found.named else gap.kind]
    return Reason(f"amount_{code}", points, values)  # type: ignore[arg-type]


def _habits(receipt: Receipt, found: Candidate, case: Case) -> Iterator[Reason]:
    """Does it look like what this client is used to?"""
    habits, items = case.habits, found.items
    if found.named or found.shape in ("again", "in_part"):
        return
    ids = {item.id for item in items}
    outside = [item for item in case.items if item.id not in ids]
    months = {(item.issued_on.year, item.issued_on.month) for item in items}
    days = {item.issued_on for item in items}
    if habits.whole_months:
        broken = any((item.issued_on.year, item.issued_on.month) in months for item in outside)
        yield Reason("habit_months_broken", -10) if broken else Reason("habit_months", 5)
    elif habits.whole_days:
        broken = any(item.issued_on in days for item in outside)
        yield Reason("habit_days_broken", -10) if broken else Reason("habit_days", 5)
    if habits.oldest_first:
        oldest = min(case.items, key=lambda item: item.age_key)
        yield Reason("habit_oldest", 5) if oldest.id in ids else Reason("habit_oldest_broken", -5)
    days_after = (receipt.received_on - max(days)).days
    on_time = habits.on_time(days_after)
    if on_time is not None:
        values = {"days": days_after, "usual": habits.delay or 0}
        yield Reason("habit_delay", 5, values) if on_time else Reason("habit_delay_broken", -10, values)


def _doubted(
    found: Candidate,
    draft: Proposal,
    drafts: Sequence[tuple[Candidate, Proposal]],
    case: Case,
    reading: Reading,
) -> Proposal:
    doubts = tuple(_doubts(found, draft, drafts, case, reading))
    if not doubts:
        return draft
    return Proposal(
        draft.kind,
        draft.items,
        draft.credits,
        draft.receipts,
        draft.shares,
        draft.gap,
        draft.write_off,
        (*draft.reasons, *doubts),
    )


def _doubts(
    found: Candidate,
    draft: Proposal,
    drafts: Sequence[tuple[Candidate, Proposal]],
    case: Case,
    reading: Reading,
) -> Iterator[Reason]:
    """What speaks against it, whatever its points."""
    received = draft.receipts[0].received_on
    later = [item.ref for item in draft.items if item.issued_on > received]
    if later:
        yield Reason("later", -20, {"refs": later}, doubt=True)
    if found.named:
        return
    named = [each.item for each in reading.mentions if each.how != "tail"]
    missed = [item.ref for item in named if item.id not in found.ids]
    if missed and not found.shape.startswith("named"):
        yield Reason("names_other", -30, {"refs": missed}, doubt=True)
    if reading.unknown:
        yield Reason("names_unknown", -15, {"refs": list(reading.unknown)}, doubt=True)
    twins = _twins(found, case.items)
    if twins:
        yield Reason("twin", 0, {"refs": twins, "count": len(twins)}, doubt=True)
    rivals = [
        each
        for each, other in drafts
        if each.exact
        and each.ids != found.ids
        and (not found.exact or other.confidence >= draft.confidence - RIVAL)
    ]
    if rivals and not twins:
        yield Reason("rival", 0 if found.exact else -INEXACT, {"count": len(rivals)}, doubt=True)
    if any(each.amount == draft.receipts[0].amount for each in case.siblings) and found.exact:
        yield Reason("same_payment", 0, doubt=True)
    if not found.complete:
        yield Reason("stopped", -5, doubt=True)


def _twins(found: Candidate, items: Sequence[Item]) -> list[str]:
    """Documents left out that could stand for one of these: the same amount, and nothing else to tell.

    A day, a due date or a month tells them apart only when it begins with the oldest document that
    is open, and never from one issued the same day.
    """
    ids, inside = {item.id for item in found.items}, {(item.open, item.issued_on) for item in found.items}
    amounts = {item.open for item in found.items}
    oldest = min(items, key=lambda item: item.age_key)
    loose = found.shape in LOOSE or oldest.id not in ids
    return [
        item.ref
        for item in items
        if item.id not in ids and ((item.open, item.issued_on) in inside or (loose and item.open in amounts))
    ]
