"""Pure decisions about disputes: states and steps, what is still contested, deadlines, what a delay costs.

Sources: DOMAIN "Ledger rules" and "Formulas" (late interest), DESIGN "Dispute card" (four steps).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from webapp.invoices.rules.late_interest import late_charges

OPEN_STATES = ("open", "waiting_us", "waiting_client")
CREDITED = ("accepted_credit", "accepted_partly")
CLOSED_STATES = (*CREDITED, "rejected", "withdrawn", "closed_by_payment")
STATES = (*OPEN_STATES, *CLOSED_STATES)
WAITING = ("waiting_us", "waiting_client")
STEPS = ("open", "examined", "proposed", "settled")

DEPARTMENTS = ("sales", "after_sales", "logistics", "accounting", "credit")
RESOLVERS = ("sales_rep", "after_sales", "branch_manager", "accountant", "credit_manager")
NOBODY = "none"  # in filters: those nobody resolves
SORTS = ("due", "amount", "age", "client", "reason")
LONGEST_DELAY = 365
LONGEST_TEXT = 2000
# Days after the deadline before those above the resolver hear of it.
PATIENCE = 3
ON_TIME, LATE, ESCALATED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Reason:
    """Why invoices are contested, and what follows: the owner department, who resolves it, in how long.

    The resolver is a person, or the one of that role nearest the client. `label` is the company's
    own name for it; without one the product's words are used, in the reader's language.
    """

    code: str
    department: str
    role: str
    delay_days: int
    label: str | None = None
    resolver_id: UUID | None = None
    used: bool = True


STANDARD = (
    Reason("price", "sales", "sales_rep", 7),
    Reason("quantity", "logistics", "after_sales", 7),
    Reason("quality", "after_sales", "after_sales", 10),
    Reason("delivery", "logistics", "after_sales", 5),
    Reason("order_number", "sales", "sales_rep", 3),
    Reason("duplicate", "accounting", "accountant", 2),
    Reason("already_paid", "accounting", "accountant", 2),
    Reason("terms", "sales", "branch_manager", 7),
    Reason("other", "credit", "credit_manager", 10),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could resolve it. `reach` counts the branches they look after: fewer is nearer."""

    user_id: UUID
    role: str
    name: str
    reach: int


def choose_resolver(reason: Reason, rep_id: UUID | None, candidates: Sequence[Candidate]) -> UUID | None:
    """Whose it is: the reason's person, else the client's representative or the nearest of the role.

    When there is none, the nearest branch manager, then a credit manager; None in an empty house.
    """
    known = {each.user_id for each in candidates}
    if reason.resolver_id in known:
        return reason.resolver_id
    if reason.role == "sales_rep" and rep_id in known:
        return rep_id
    nearest = sorted(candidates, key=lambda each: (each.reach, each.name, each.user_id))
    for role in (reason.role, "branch_manager", "credit_manager"):
        found = [each.user_id for each in nearest if each.role == role]
        if found and role != "sales_rep":
            return found[0]
    return None


def step_of(state: str, *, proposed: bool) -> int:
    """Which of the four STEPS it has reached: 0 open, 1 examined, 2 proposed, 3 settled."""
    if state in CLOSED_STATES:
        return 3
    if proposed:
        return 2
    return 1 if state != "open" else 0


def contested(left: int, claims: Sequence[tuple[int, int]]) -> list[int]:
    """What is still contested of each claim (amount, already credited), oldest first.

    Never more in all than `left` is open on the invoice: money that goes beyond the undisputed part
    settles the oldest claim first.
    """
    rests = [0] * len(claims)
    for index in range(len(claims) - 1, -1, -1):
        amount, credited = claims[index]
        rests[index] = min(max(amount - credited, 0), max(left, 0))
        left -= rests[index]
    return rests


def spread_credits(total: int, amounts: Sequence[int]) -> list[int]:
    """What was credited on the invoice since, put on its claims oldest first."""
    shares = []
    for amount in amounts:
        share = min(amount, max(total, 0))
        shares.append(share)
        total -= share
    return shares


def outcome_of_credit(credited: int, amount: int) -> str:
    """`accepted_credit` when all of it was credited, else `accepted_partly`."""
    return "accepted_credit" if credited >= amount else "accepted_partly"


def due_on(opened_on: date, delay_days: int) -> date:
    """The day by which it should be settled."""
    return opened_on + timedelta(days=delay_days)


def days_late(state: str, due: date, today: date) -> int:
    """Days past its deadline; 0 when it is on time or settled."""
    return max((today - due).days, 0) if state in OPEN_STATES else 0


def stage_of(due: date, today: date) -> int:
    """How far a deadline has escalated: ON_TIME, LATE (its resolver), ESCALATED (those above)."""
    late = (today - due).days
    if late <= 0:
        return ON_TIME
    return ESCALATED if late > PATIENCE else LATE


def cost_of_delay(amount: int, opened_on: date, invoice_due_on: date, until: date) -> int:
    """Cents of late interest on the contested amount over the days of the dispute.

    From the later of its opening and the invoice's due date, to `until`, at the legal rate of each
    half-year (DOMAIN "Late interest"); without the fixed fee, which the invoice owes anyhow.
    """
    charges = late_charges([(max(opened_on, invoice_due_on), amount)], [], until)
    return charges.interest if charges else 0


def merge_reasons(kept: Iterable[Reason]) -> list[Reason]:
    """The product's reasons as the company changed them, then its own."""
    changed = {each.code: each for each in kept}
    standard = [changed.pop(each.code, each) for each in STANDARD]
    return [*standard, *changed.values()]
