"""Before a visit: three facts worth knowing and one question to ask. Pure: what is known is passed in.

Facts have a rank, the gravest first; the question is the one the gravest fact calls for. What the
reader may not see is not passed in, so it is never told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SHOWN = 3
FRESH_DAYS = 60  # how long a new payer or a returned payment is news
HIGH_USE, FULL_USE = 90, 100
MARKED_DAYS = 5  # a change of habit people notice


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a client on a day. Amounts in cents, delays in days, None where unknown or unseen."""

    insolvency: str | None = None
    broken_promise_days: int | None = None
    late_count: int = 0
    late_amount: int = 0
    late_days: int = 0
    oldest_ref: str | None = None
    use: int | None = None
    available: int | None = None
    returned_amount: int | None = None
    returned_days: int | None = None
    payer: str | None = None
    payer_days: int | None = None  # since that contact pays
    has_payer: bool = False
    trend: int | None = None
    last_amount: int | None = None
    last_days: int | None = None  # since the last payment
    last_late: int | None = None  # of the invoice paid last; negative: early
    mean_late: int | None = None
    next_amount: int | None = None
    next_days: int | None = None
    open_orders: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to know: `kind` chooses the sentence, `values` fill it, `evidence` is where it is seen."""

    kind: str
    rank: int
    evidence: str  # invoice, invoices, limit, activity, contacts
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """At most three facts, and the question with what fills its sentence."""

    facts: tuple[Fact, ...]
    question: str
    values: dict[str, Any]


# The question each fact calls for; facts that are not here leave it to the next one.
QUESTIONS = {
    "insolvent": "administrator",
    "broken_promise": "promise",
    "returned": "replacement",
    "late": "transfer",
    "over_limit": "orders",
    "high_use": "orders",
    "slower": "change",
    "new_payer": "meet",
}


def before_visit(known: Known) -> Card:
    """The card of a client: its gravest facts and one question, always the same for the same facts."""
    facts = sorted(_facts(known), key=lambda fact: -fact.rank)[:SHOWN]
    for fact in facts:
        if fact.kind in QUESTIONS:
            return Card(tuple(facts), QUESTIONS[fact.kind], fact.values)
    return Card(tuple(facts), "plans" if known.has_payer else "payer", {})


def _facts(known: Known) -> list[Fact]:
    return [*_grave(known), *_money(known), *_habits(known)]


def _grave(known: Known) -> list[Fact]:
    facts = []
    if known.insolvency is not None:
        facts.append(Fact("insolvent", 100, "activity", {"kind": known.insolvency}))
    if known.broken_promise_days is not None:
        facts.append(Fact("broken_promise", 90, "activity", {"days": known.broken_promise_days}))
    if known.returned_days is not None and known.returned_days <= FRESH_DAYS:
        values = {"amount": known.returned_amount, "days": known.returned_days}
        facts.append(Fact("returned", 85, "activity", values))
    if known.late_count:
        late: dict[str, Any] = {
            "count": known.late_count,
            "amount": known.late_amount,
            "days": known.late_days,
            "ref": known.oldest_ref,
        }
        facts.append(Fact("late", 80, "invoice" if known.oldest_ref else "invoices", late))
    return facts


def _money(known: Known) -> list[Fact]:
    facts = []
    if known.use is not None and known.use > FULL_USE:
        facts.append(Fact("over_limit", 75, "limit", {"use": known.use, "amount": -(known.available or 0)}))
    elif known.use is not None and known.use >= HIGH_USE:
        facts.append(Fact("high_use", 60, "limit", {"use": known.use, "amount": known.available or 0}))
    if known.open_orders > 0:
        facts.append(Fact("orders", 25, "activity", {"amount": known.open_orders}))
    if known.next_days is not None:
        facts.append(Fact("next_due", 20, "invoices", {"amount": known.next_amount, "days": known.next_days}))
    if not known.late_count and known.insolvency is None:
        facts.append(Fact("up_to_date", 10, "invoices"))
    return facts


def _habits(known: Known) -> list[Fact]:
    facts = []
    if known.payer_days is not None and known.payer_days <= FRESH_DAYS:
        facts.append(Fact("new_payer", 50, "contacts", {"name": known.payer, "days": known.payer_days}))
    if known.trend is not None and known.trend >= MARKED_DAYS:
        facts.append(Fact("slower", 55, "activity", {"days": known.trend}))
    elif known.trend is not None and known.trend <= -MARKED_DAYS:
        facts.append(Fact("faster", 30, "activity", {"days": -known.trend}))
    early = known.last_late is not None and known.mean_late is not None
    if early and known.mean_late - known.last_late >= MARKED_DAYS:  # type: ignore[operator]
        values = {"amount": known.last_amount, "days": known.mean_late - known.last_late}  # type: ignore[operator]
        facts.append(Fact("earlier", 35, "activity", values))
    elif known.last_days is not None:
        facts.append(
            Fact("last_payment", 15, "activity", {"amount": known.last_amount, "days": known.last_days})
        )
    return facts
