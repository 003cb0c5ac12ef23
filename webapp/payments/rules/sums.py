"""Which amounts add up to a sum, in a number of steps known beforehand. Pure.

Finding any subset with a given sum takes exponential time; nobody waits for that. Runs of
neighbours are found in linear time, anything else by a search that stops at its last step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations


class Steps:
    """A budget of elementary steps; `left` says whether the search was complete."""

    def __init__(self, limit: int) -> None:
        self.limit, self.used = limit, 0

    def take(self) -> bool:
        """Use one; False when none is left."""
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    @property
    def left(self) -> bool:
        return self.used < self.limit


def runs(amounts: Sequence[int], target: int, steps: Steps) -> Iterator[tuple[int, int]]:
    """Every run of neighbours (start, end) of positive amounts that adds up to `target`.

    At most two steps an amount: each end of the window only moves forward.
    """
    start = total = 0
    for end, amount in enumerate(amounts):
        if not steps.take():
            return
        total += amount
        while total > target and start <= end:
            if not steps.take():
                return
            total -= amounts[start]
            start += 1
        if total == target and start <= end:
            yield start, end + 1


def subsets(amounts: Sequence[int], target: int, most: int, steps: Steps) -> Iterator[tuple[int, ...]]:
    """Sets of 2 to `most` places whose positive amounts add up to `target`, until the steps run out.

    Branches that cannot reach the sum, or pass it, are cut; each visited branch is one step.
    """
    order = sorted(range(len(amounts)), key=lambda place: -amounts[place])
    sizes = [amounts[place] for place in order]
    sums = [0]
    for size in sizes:
        sums.append(sums[-1] + size)

    def search(start: int, rest: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        room = most - len(chosen)
        for position in range(start, len(sizes)):
            if not steps.take():
                return
            size = sizes[position]
            if sums[min(position + room, len(sizes))] - sums[position] < rest:
                return  # even the largest that are left do not reach it
            if size == rest and chosen:
                yield tuple(order[place] for place in (*chosen, position))
            elif size < rest and room > 1:
                yield from search(position + 1, rest - size, (*chosen, position))

    yield from search(0, target, ())


def small_sums(amounts: Sequence[int], most: int) -> dict[int, tuple[int, ...]]:
    """Sums of one to `most` of a few amounts, each with the fewest places that give it."""
    found: dict[int, tuple[int, ...]] = {}
    for count in range(1, most + 1):
        for places in combinations(range(len(amounts)), count):
            found.setdefault(sum(amounts[place] for place in places), places)
    return found
