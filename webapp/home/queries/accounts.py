"""Clients with what they owe and what they may owe: the rows of the list, the head of the sheet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, select, tuple_

from webapp.clients.models import Client, ClientAlias
from webapp.clients.policy import in_scope
from webapp.clients.queries import MISSING, survivor_of
from webapp.core.clock import today
from webapp.core.cursors import Reader, as_id, as_number, as_text, read_cursor
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.home.models import ClientLine
from webapp.home.queries.searching import found_by
from webapp.home.rules import FLAGS, INSOLVENT
from webapp.invoices.models import Balance
from webapp.invoices.rules import payer_class
from webapp.promises.queries import next_promised_on
from webapp.risk import rules
from webapp.risk.models import CreditLimit
from webapp.risk.policy import may_read_limits
from webapp.risk.queries import covers
from webapp.users.actor import Actor
from webapp.users.models import Branch, User

FILTERS = ("all", "breach", "overdue", "overdue_60", "no_limit", "mine")
LIMIT_FILTERS = frozenset({"breach", "no_limit"})
SORTS = ("urgency", "name", "outstanding")

_BETWEEN = "\x1f"  # names hold no control characters


@dataclass(frozen=True)
class Account:
    """A client, its stored balance and its limit; `sees_limit` is false for roles without the right."""

    client: Client
    balance: Balance | None
    credit_limit: CreditLimit | None
    branch: str
    sales_rep: str | None
    sales_rep_email: str | None
    promised_on: date | None  # when it said it would pay next
    cover: int  # cents that guarantees pay today; 0 for roles without the right
    insured: int  # of them, by insurers
    sees_limit: bool
    day: date
    spellings: tuple[str, ...] = ()  # other names sources give it; read for one client alone
    place: tuple[object, ...] = ()  # where it stood in the list it was read for

    @property
    def outstanding(self) -> int:
        return self.balance.outstanding if self.balance else 0

    @property
    def overdue(self) -> int:
        return self.balance.overdue if self.balance else 0

    @property
    def unapplied(self) -> int:
        return self.balance.unapplied if self.balance else 0

    @property
    def exposure(self) -> int:
        """What limits are held against: what it owes, and the parts ahead that the company counts."""
        return self.balance.exposure if self.balance else 0

    @property
    def ahead(self) -> int:
        """What the exposure counts beside what is owed: deliveries not billed yet, orders."""
        return self.exposure - self.outstanding

    @property
    def open_orders(self) -> int:
        """What is ordered, not delivered nor billed yet, in cents; counted or not."""
        return self.balance.open_orders if self.balance else 0

    @property
    def unbilled_amount(self) -> int:
        """What is delivered and not billed yet, in cents; counted or not."""
        return self.balance.unbilled_amount if self.balance else 0

    @property
    def days_overdue(self) -> int | None:
        """Days since the oldest open part fell due."""
        return rules.days_overdue(self.balance.overdue_since, self.day) if self.balance else None

    @property
    def limit(self) -> int | None:
        """Cents allowed today; None without a limit, or without the right to see it."""
        if self.credit_limit is None:
            return None
        return rules.in_force(self.credit_limit.amount, self.credit_limit.ends_on, self.day)

    @property
    def utilisation(self) -> int | None:
        return rules.utilisation(self.exposure, self.limit)

    @property
    def available(self) -> int | None:
        return rules.available(self.exposure, self.limit)

    @property
    def unsecured(self) -> int:
        """What nobody else would pay."""
        return rules.unsecured(self.exposure, self.cover)

    @property
    def over_limit(self) -> bool:
        return rules.is_breach(self.exposure, self.limit)

    @property
    def blocked(self) -> bool:
        """Insolvent: nothing more is sold on credit."""
        return self.client.insolvency is not None

    @property
    def letter(self) -> str | None:
        """The payer class A to E; None without history or without the right."""
        if not self.sees_limit:
            return None
        days = self.balance.days_late if self.balance else None
        return payer_class(days, insolvent=self.blocked)


@dataclass(frozen=True)
class Choice:
    """What the list shows: a search, one filter, an order."""

    q: str = ""
    filter: str = "all"
    sort: str = "urgency"


def _join(actor: Actor, query: Any) -> Any:
    """Balance and limit beside each client; without the right, no limit is even read."""
    current = and_(CreditLimit.client_id == Client.id, CreditLimit.replaced_at.is_(None))
    if not may_read_limits(actor):
        current = and_(current, literal_column("1") == literal_column("0"))
    return query.outerjoin(Balance, Balance.client_id == Client.id).outerjoin(CreditLimit, current)


def base(actor: Actor) -> Any:
    """Clients in scope with balance, limit, branch and representative; `read` makes accounts of it."""
    beside = (Branch.name, User.name, User.email, next_promised_on(Client.id), *covers(actor))
    query = select(Client, Balance, CreditLimit, *beside).select_from(Client)
    return (
        _join(actor, query)
        .join(Branch, Branch.id == Client.branch_id)
        .outerjoin(User, User.id == Client.sales_rep_id)
        .where(in_scope(actor))
    )


def read(actor: Actor, query: Any) -> list[Account]:
    """The accounts a narrowed `base` gives."""
    sees, day = may_read_limits(actor), today()
    rows: Any = db.session.execute(query).all()
    return [Account(*tuple(row), sees, day) for row in rows]  # type: ignore[call-arg]


def _matching(name: str, actor: Actor) -> ColumnElement[bool]:
    """The condition of one filter."""
    if name == "mine":
        return ClientLine.sales_rep_id == actor.user_id
    return ClientLine.flags.bitwise_and(FLAGS[name]) != 0


def filters_of(actor: Actor) -> tuple[str, ...]:
    """The filters that make sense for this person."""
    sees = may_read_limits(actor)
    return tuple(
        name
        for name in FILTERS
        if (sees or name not in LIMIT_FILTERS) and (name != "mine" or actor.role == "branch_manager")
    )


def count_by_filter(actor: Actor) -> dict[str, int]:
    """How many clients each filter would show, read from indexes alone."""
    line: Any = ClientLine
    query = select(line.flags, func.count()).where(in_scope(actor, line)).group_by(line.flags)
    counts = dict.fromkeys(filters_of(actor), 0)
    for flags, count in db.session.execute(query).tuples():
        held = [name for name in counts if name == "all" or flags & FLAGS.get(name, 0)]
        counts |= {name: counts[name] + count for name in held}
    if "mine" in counts:
        own = select(func.count()).select_from(line).where(_matching("mine", actor), in_scope(actor, line))
        counts["mine"] = db.session.scalar(own) or 0
    return counts


def _order(sort: str, actor: Actor) -> tuple[list[ColumnElement[Any]], bool]:
    """The columns of an order, all in the same direction, and whether it descends."""
    line: Any = ClientLine
    if sort == "name":
        return [line.sort_name, line.client_id], False
    if sort == "outstanding":
        return [line.outstanding, line.client_id], True
    rank = line.rank
    if not may_read_limits(actor):  # an order must not tell who is above a limit
        rank = case((line.rank == INSOLVENT, INSOLVENT), else_=0)
    return [rank, line.overdue, line.outstanding, line.client_id], True


def position_of(account: Account) -> tuple[object, ...]:
    """Where the next page starts, once `account` was the last one shown."""
    return account.place


def read_position(cursor: str | None, sort: str) -> tuple[object, ...] | None:
    """Where a cursor of that order says to go on; None for the first page. Raises Invalid."""
    shapes: dict[str, tuple[Reader, ...]] = {
        "name": (as_text, as_id),
        "outstanding": (as_number, as_id),
        "urgency": (as_number, as_number, as_number, as_id),
    }
    return read_cursor(cursor, shapes[sort])


def list_accounts(
    actor: Actor, choice: Choice, *, limit: int, after: Sequence[object] | None = None
) -> list[Account]:
    """Clients of the scope in the chosen order; `limit + 1` so that one knows whether more follow."""
    columns, descending = _order(choice.sort, actor)
    names = [f"place_{number}" for number in range(len(columns))]
    labels = [column.label(name) for column, name in zip(columns, names, strict=True)]
    found = select(ClientLine.client_id, *labels).where(in_scope(actor, ClientLine))
    if choice.filter in filters_of(actor)[1:]:
        found = found.where(_matching(choice.filter, actor))
    if choice.q.strip():
        found = found.where(found_by(choice.q))
    if after is not None:
        here = tuple_(*columns)
        there = tuple_(*(_typed(column, value) for column, value in zip(columns, after, strict=True)))
        found = found.where(here < there if descending else here > there)
    order = [column.desc() if descending else column for column in columns]
    # The narrow lines are sorted alone; only the page's rows are read whole.
    page = found.order_by(*order).limit(limit + 1).subquery()
    places = [page.c[name] for name in names]
    query = base(actor).add_columns(*places).join(page, page.c.client_id == Client.id)
    query = query.order_by(*(place.desc() if descending else place for place in places))
    rows: Any = db.session.execute(query).all()
    sees, day = may_read_limits(actor), today()
    return [Account(*row[:9], sees, day, (), tuple(row[9:])) for row in rows]  # type: ignore[call-arg]


def _typed(column: ColumnElement[Any], value: object) -> ColumnElement[Any]:
    return literal(value, column.type)


def find_account(actor: Actor, client_id: uuid.UUID) -> Account | None:
    """One client with its figures; None when out of scope."""
    names = (
        select(func.aggregate_strings(ClientAlias.name, _BETWEEN))
        .where(ClientAlias.client_id == Client.id)
        .scalar_subquery()
    )
    row = db.session.execute(base(actor).add_columns(names).where(Client.id == client_id)).first()
    if row is None:
        return None
    sees, spellings = may_read_limits(actor), tuple(row[-1].split(_BETWEEN)) if row[-1] else ()
    return Account(*tuple(row)[:-1], sees, today(), spellings)  # type: ignore[call-arg]


def get_account(actor: Actor, client_id: uuid.UUID) -> Account:
    """The same, or NotFound."""
    found = find_account(actor, client_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def find_account_by_ref(actor: Actor, ref: str) -> Account | None:
    """One client by its reference; None when out of scope."""
    found = [] if "\x00" in ref else read(actor, base(actor).where(Client.ref == ref))
    if found and found[0].client.merged_into_id is not None:
        return find_account(actor, survivor_of(found[0].client).id)
    return found[0] if found else None


def get_account_by_ref(actor: Actor, ref: str) -> Account:
    """The same, or NotFound."""
    found = find_account_by_ref(actor, ref)
    if found is None:
        raise NotFound(MISSING)
    return found
