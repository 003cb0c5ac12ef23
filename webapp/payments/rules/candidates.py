"""Sets of open documents that a payment may settle, and the shape each set has. Pure.

Shapes a person would think of come first: what the text names, one invoice, everything, the oldest,
a day, a month. Only when none of them explains the amount are other sets searched. Everything is
counted in steps, and there is a last one.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from webapp.payments.rules.evidence import Item, Receipt, Returned
from webapp.payments.rules.gaps import EXACT, Gap, Gaps
from webapp.payments.rules.habits import Habits
from webapp.payments.rules.references import HOW, Reading
from webapp.payments.rules.sums import Steps, runs, subsets

MOST_ITEMS = 300  # open documents looked at, the oldest
MOST_STEPS = 20_000  # for one payment, whatever the account looks like
MOST_TRIED = 4_000  # of them, for sets that have no shape
MOST_TARGETS = 16
SET_SIZE = 5
SET_ITEMS = 30
MOST_SIBLINGS = 8


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a client in one currency when a payment is looked at. Minor units.

    `items` are open invoices and deposits, `credits` open credit notes, `siblings` other payments
    that settle nothing yet, `returned` those the bank took back.
    """

    items: tuple[Item, ...]
    credits: tuple[Item, ...] = ()
    habits: Habits = field(default_factory=Habits)
    tolerance: int = 0
    cap: int = 0
    siblings: tuple[Receipt, ...] = ()
    returned: tuple[Returned, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Documents of a certain shape, and what makes them agree with the money."""

    shape: str
    items: tuple[Item, ...]
    gap: Gap
    how: str = ""  # of the weakest mention, for shapes the text names
    left_out: Item | None = None
    receipts: tuple[Receipt, ...] = ()
    complete: bool = True

    @property
    def ids(self) -> frozenset[uuid.UUID]:
        return frozenset(item.id for item in (*self.items, *self.gap.credits))

    @property
    def named(self) -> bool:
        """Does the text name every document?"""
        return self.shape in ("named", "named_part", "named_surplus")

    @property
    def exact(self) -> bool:
        return self.gap.kind in EXACT


class Search:
    """One payment against one case."""

    def __init__(self, receipt: Receipt, case: Case, reading: Reading, steps: Steps | None = None) -> None:
        self.receipt, self.case, self.reading = receipt, case, reading
        self.steps = steps or Steps(MOST_STEPS)
        self.items = sorted(case.items, key=lambda item: item.age_key)[:MOST_ITEMS]
        self.gaps = Gaps(receipt.amount, case.credits, case.habits, case.tolerance, case.cap)
        self.found: list[Candidate] = []
        self._seen: set[tuple[str, frozenset[uuid.UUID], str | None]] = set()

    def run(self) -> list[Candidate]:
        """Every candidate, the strongest shapes first, one for each shape and set of documents."""
        self._keep(self._named())
        self._keep(self._again())
        self._keep(self._shaped())
        self._keep(self._neighbours())
        if not any(each.exact for each in self.found):
            self._keep(self._all_but_one())
            self._keep(self._with_siblings())
        if not any(each.exact for each in self.found):
            self._keep(self._any_set())
        self._keep(self._in_part())
        return self.found

    def _keep(self, candidates: Iterable[Candidate]) -> None:
        for each in candidates:
            place = (each.shape, each.ids, each.gap.write_off)
            if each.items and place not in self._seen:
                self._seen.add(place)
                self.found.append(each)

    def _fits(self, shape: str, items: Sequence[Item], total: int, how: str = "") -> Iterator[Candidate]:
        gap = self.gaps.explain(total) if self.steps.take() else None
        if gap is not None:
            yield Candidate(shape, tuple(items), gap, how)

    def _named(self) -> Iterator[Candidate]:
        """What the text names: alone, less one, or with others that make up the sum."""
        mentions = [each for each in self.reading.mentions if each.item.sign > 0]
        cited = [each.item for each in self.reading.mentions if each.item.sign < 0]
        items = [each.item for each in mentions]
        if not items:
            return
        how = max((each.how for each in mentions), key=HOW.index)
        total = sum(item.open for item in items)
        net = total - sum(item.open for item in cited)
        if cited and net == self.receipt.amount:
            yield Candidate("named", tuple(items), Gap("credits", 0, tuple(cited)), how)
        fitting = list(self._fits("named", items, total, how))
        yield from fitting
        if any(each.exact for each in fitting):
            return
        size = total - self.receipt.amount
        for left_out in items if len(items) > 2 else ():
            if left_out.open == size:
                kept = tuple(item for item in items if item is not left_out)
                yield Candidate("named_but_one", kept, Gap("none"), how, left_out)
        yield from self._completed(items, -size, how)
        if size > 0:
            yield Candidate("named_part", tuple(items), Gap("short", size), how)
        elif size < 0:
            yield Candidate("named_surplus", tuple(items), Gap("surplus", size), how)

    def _completed(self, items: list[Item], rest: int, how: str) -> Iterator[Candidate]:
        """Texts are cut: what they name, and neighbours that make up the sum."""
        if rest <= 0:
            return
        named = {item.id for item in items}
        others = [item for item in self.items if item.id not in named]
        for start, end in runs([item.open for item in others], rest, self.steps):
            yield Candidate("named_and", (*items, *others[start:end]), Gap("none"), how)

    def _again(self) -> Iterator[Candidate]:
        """Money the bank had taken back, sent again."""
        for returned in self.case.returned:
            again = [item for item in self.items if item.id in returned.item_ids]
            if again and returned.amount == self.receipt.amount:
                yield from self._fits("again", again, sum(item.open for item in again))

    def _shaped(self) -> Iterator[Candidate]:
        for item in self.items:
            yield from self._fits("single", [item], item.open)
            yield from self._instalments(item)
        if len(self.items) > 1:
            yield from self._fits("all", self.items, sum(item.open for item in self.items))
        for shape, items in shapes(self.items):
            yield from self._fits(shape, items, sum(item.open for item in items))
        total = self.items[0].open if self.items else 0
        for place, item in enumerate(self.items[1:-1], 2):
            total += item.open
            yield from self._fits("oldest", self.items[:place], total)

    def _instalments(self, item: Item) -> Iterator[Candidate]:
        total = 0
        for part in item.parts[:-1]:
            total += part
            if total == self.receipt.amount:
                yield Candidate("instalment", (item,), Gap("instalment", item.open - total))

    def _neighbours(self) -> Iterator[Candidate]:
        """Runs of neighbours by day of issue: whole days are a shape of their own."""
        amounts = [item.open for item in self.items]
        days = [item.issued_on for item in self.items]
        for target, gap in self.gaps.targets()[:MOST_TARGETS]:
            for start, end in runs(amounts, target, self.steps):
                opens = start == 0 or days[start - 1] != days[start]
                closes = end == len(days) or days[end] != days[end - 1]
                shape = "single" if end == start + 1 else "period" if opens and closes else "run"
                yield Candidate(shape, tuple(self.items[start:end]), gap)

    def _all_but_one(self) -> Iterator[Candidate]:
        """A day, a month or everything, one document held back."""
        for _shape, items in [("all", tuple(self.items)), *shapes(self.items)]:
            size = sum(item.open for item in items) - self.receipt.amount
            for left_out in items if len(items) > 2 and size > 0 and self.steps.take() else ():
                if left_out.open == size:
                    kept = tuple(item for item in items if item is not left_out)
                    yield Candidate("all_but_one", kept, Gap("none"), left_out=left_out)

    def _with_siblings(self) -> Iterator[Candidate]:
        """Several payments for one invoice, or for everything."""
        if not self.items:
            return
        singles = {item.open: item for item in reversed(self.items)}
        everything = sum(item.open for item in self.items)
        for receipts in _together(self.receipt, self.case.siblings[:MOST_SIBLINGS]):
            if not self.steps.take():
                return
            total = sum(each.amount for each in receipts)
            if total in singles:
                yield Candidate("several", (singles[total],), Gap("none"), receipts=receipts)
            elif total == everything:
                yield Candidate("several", tuple(self.items), Gap("none"), receipts=receipts)

    def _any_set(self) -> Iterator[Candidate]:
        items = self.items[:SET_ITEMS]
        steps = Steps(min(MOST_TRIED, self.steps.limit - self.steps.used))
        amounts = [item.open for item in items]
        solutions = []
        for places in subsets(amounts, self.receipt.amount, SET_SIZE, steps):
            solutions.append(tuple(items[place] for place in sorted(places)))
            if len(solutions) == 3:
                break
        self.steps.used += steps.used
        complete = steps.left and len(items) == len(self.items)
        for chosen in solutions:
            yield Candidate("set", chosen, Gap("none"), complete=complete)

    def _in_part(self) -> Iterator[Candidate]:
        """Nothing explains the amount: the oldest first, as far as it goes."""
        total, chosen = 0, []
        for item in self.items:
            if item.issued_on > self.receipt.received_on:
                continue
            chosen.append(item)
            total += item.open
            if total >= self.receipt.amount:
                break
        size = total - self.receipt.amount
        if chosen and size != 0:
            yield Candidate("in_part", tuple(chosen), Gap("short" if size > 0 else "surplus", size))


def shapes(items: Sequence[Item]) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Documents of one day of issue, one due date, one month; two or more, and not all there are."""
    for shape in ("day", "due", "month"):
        groups: dict[object, list[Item]] = defaultdict(list)
        for item in items:
            day = item.due_on if shape == "due" else item.issued_on
            groups[(day.year, day.month) if shape == "month" else day].append(item)
        for group in groups.values():
            if len(group) > 1:
                yield shape, tuple(group)


def _together(receipt: Receipt, siblings: Sequence[Receipt]) -> Iterator[tuple[Receipt, ...]]:
    """This payment with one other, with two others, with all."""
    for place, first in enumerate(siblings):
        yield receipt, first
        for second in siblings[place + 1 :]:
            yield receipt, first, second
    if len(siblings) > 2:
        yield (receipt, *siblings)
