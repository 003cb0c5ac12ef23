"""Credit limits for the demo's clients: most are half used, some nearly full, a few exceeded. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.demo.companies import Company

WITHOUT = 0.15
# Of a hundred clients, how many are over their limit, nearly at it, well into it.
BANDS = ((0.03, (1.03, 1.35)), (0.015, (0.9, 0.97)), (0.03, (0.71, 0.86)), (0.06, (0.52, 0.66)))
QUIET = (0.18, 0.48)
TOO_LATE = 0.025
MANAGER_CEILING = 10_000_000


INSURERS = ("Atlas Crédit", "Mutuelle du Négoce", "Garantie des Ateliers")
SHARE = 90
ENDS_IN = (200, 320, 24, 410, 95)  # days, in turns: one of five is about to end


@dataclass(frozen=True, slots=True)
class Guarantee:
    """An insurer's cover of a client: cents agreed, whose, and between which days."""

    owner: int
    amount: int
    giver: str
    reference: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in cents, the days of delay it tolerates, and where it comes from."""

    owner: int
    amount: int
    max_days_late: int | None
    source: str
    set_on: date


def make_limits(
    rng: random.Random,
    companies: Sequence[Company],
    owed: Sequence[int],
    late: Sequence[int],
    day: date,
    favourite: str = "",
) -> list[Limit]:
    """Limits for about 85 % of the clients; `owed` cents and `late` days of each, today.

    `favourite` is the representative whose clients have a bit of everything.
    """
    use = _uses(rng, companies, owed, favourite)
    tolerated_no_more = _too_late(rng, companies, late, favourite)
    limits = []
    for owner, company in enumerate(companies):
        if owner not in use and rng.random() < WITHOUT / (1 - sum(share for share, _ in BANDS)):
            continue
        target = use.get(owner) or rng.uniform(*QUIET)
        base = owed[owner] if owed[owner] > 0 else company.size
        tolerance = _tolerance(rng, late[owner], owner in tolerated_no_more)
        source = "insurer" if rng.random() < 0.2 else "internal"
        set_on = day - timedelta(days=rng.randint(40, 420))
        limits.append(Limit(owner, _amount(base, target), tolerance, source, set_on))
    return limits


def make_guarantees(limits: Sequence[Limit], day: date) -> list[Guarantee]:
    """The cover behind each limit that an insurer gave."""
    given = [limit for limit in limits if limit.source == "insurer"]
    return [
        Guarantee(
            limit.owner,
            limit.amount,
            INSURERS[turn % len(INSURERS)],
            f"AC-{4400 + turn}",
            limit.set_on,
            day + timedelta(days=ENDS_IN[turn % len(ENDS_IN)]),
        )
        for turn, limit in enumerate(given)
    ]


def _uses(
    rng: random.Random, companies: Sequence[Company], owed: Sequence[int], favourite: str
) -> dict[int, float]:
    """Who is in which band; the sinking and the late come first, the favourite has some in each."""
    heavy = [owner for owner, cents in enumerate(owed) if cents > 400_000]
    rng.shuffle(heavy)
    order = {"sinking": 0, "late": 1, "disputing": 1, "punctual": 2}
    heavy.sort(key=lambda owner: order[companies[owner].behaviour] + rng.random() * 1.4)
    own = [owner for owner in heavy if companies[owner].sales_rep == favourite]
    uses: dict[int, float] = {}
    for share, (low, high) in BANDS:
        for turn in range(min(round(len(companies) * share), len(heavy))):
            owner = own.pop(0) if own and turn in (0, 5) else heavy[0]
            heavy.remove(owner)
            if owner in own:
                own.remove(owner)
            uses[owner] = rng.uniform(low, high)
    return uses


def _too_late(
    rng: random.Random, companies: Sequence[Company], late: Sequence[int], favourite: str
) -> set[int]:
    """Clients late beyond what is tolerated, one of the favourite's among them."""
    candidates = [owner for owner, days in enumerate(late) if days > 32]
    rng.shuffle(candidates)
    own = [owner for owner in candidates if companies[owner].sales_rep == favourite][:1]
    return {*own, *candidates[: round(len(late) * TOO_LATE) - len(own)]}


def _tolerance(rng: random.Random, late: int, exceeded: bool) -> int | None:
    if exceeded:
        return 30 if late < 60 else rng.choice((30, 45))
    if late > 26 or rng.random() < 0.35:
        return next((days for days in (45, 60, 90) if days > late + 12), None)
    return rng.choice((30, 30, 45))


def _amount(base: int, use: float) -> int:
    """A round figure near `base / use`, on the side that keeps the target's meaning."""
    raw = base / use
    step = next((step for top, step in ((1_000_000, 50_000), (5_000_000, 100_000)) if raw < top), 500_000)
    rounded = int(raw // step) * step if use > 1 else -int(-raw // step) * step
    return max(rounded, 100_000)
