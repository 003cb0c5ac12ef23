"""The figures of one client's sheet, in three queries: what is open day by day, how it has paid and kept its
word, what is contested."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, bindparam, case, func, select

from webapp.clients.models import Contact
from webapp.core.clock import local, today
from webapp.disputes.queries import Contested, contested_of
from webapp.extensions import db
from webapp.home.queries.accounts import Account
from webapp.home.queries.timeline.columns import UUID
from webapp.home.rules import paying, visit
from webapp.invoices import rules
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.queries import Aging, aging_bounds
from webapp.payments.models import Payment
from webapp.promises.queries import Standing, read_standing, standing_columns
from webapp.users.actor import Actor
from webapp.users.models import Company
from webapp.users.policy import may

SETTING = "fundable_days"
_CLIENT: Any = bindparam("client_id", type_=UUID)
_RECENT: Any = bindparam("recent", type_=Date())
_SINCE: Any = bindparam("since", type_=Date())


@dataclass(frozen=True)
class Figures:
    """Everything the head of a sheet says besides the account. Cents, the company's currency.

    Payments are (day, cents), None when there is none or the actor may not read payments.
    """

    day: date
    aging: Aging
    late_count: int = 0
    oldest: str | None = None  # reference of a document that is most overdue
    fundable: int = 0
    fundable_days: int = paying.FUNDABLE_DAYS
    recent: paying.Lateness = field(default_factory=paying.Lateness)
    before: paying.Lateness = field(default_factory=paying.Lateness)
    last: tuple[date, int] | None = None
    best: tuple[date, int] | None = None
    returned: tuple[date, int] | None = None
    last_late: int | None = None
    payer: tuple[str, datetime] | None = None
    contested: Contested = field(default_factory=Contested)
    word: Standing = field(default_factory=Standing)

    @property
    def trend(self) -> int | None:
        """Days by which the last three months are later than the twelve before."""
        return paying.trend(self.recent, self.before)


def read_figures(actor: Actor, account: Account) -> Figures:
    """The figures of a client already known to be in scope. Three queries."""
    day, client_id = today(), account.client.id
    values = {
        "client_id": client_id,
        "recent": day - paying.RECENT,
        "since": day - paying.RECENT - paying.BEFORE,
    }
    row = db.session.execute(_paid(), values).one()
    sees_money = may(actor, "payment.read")
    days = int((row.settings or {}).get(SETTING, paying.FUNDABLE_DAYS))
    parts = db.session.execute(_open_parts(), {"client_id": client_id}).all()
    return Figures(
        day=day,
        fundable_days=days,
        recent=paying.Lateness(int(row.recent_days or 0), int(row.recent_weight or 0)),
        before=paying.Lateness(int(row.before_days or 0), int(row.before_weight or 0)),
        last=_dated(row.last_on, row.last_value) if sees_money else None,
        best=_dated(row.best_on, row.best_value) if sees_money else None,
        returned=_dated(row.returned_on, row.returned_value) if sees_money else None,
        last_late=row.last_late,
        payer=(row.payer, row.payer_at) if row.payer else None,
        contested=contested_of(client_id),
        word=read_standing(row),
        **_opened(parts, account, day, days, aging_bounds(row.settings or {})),
    )


def _dated(day: date | None, cents: int | None) -> tuple[date, int] | None:
    return (day, int(cents or 0)) if day is not None else None


def _opened(parts: Any, account: Account, day: date, days: int, bounds: tuple[int, ...]) -> dict[str, Any]:
    """Aging, lateness and what could be financed, from sums by due day and kind of document."""
    sums, credits, late = [0] * (len(bounds) + 2), 0, 0
    coming: dict[date, int] = {}
    financed: list[tuple[date, int]] = []
    oldest: str | None = None
    for due_on, kind, cents, count, first in parts:
        if rules.SIGN[kind] < 0:
            credits += int(cents)
            continue
        sums[rules.bucket(due_on, day, bounds)] += int(cents)
        if due_on < day:
            late += count
            oldest = oldest or first
        else:
            coming[due_on] = coming.get(due_on, 0) + int(cents)
        if kind == "invoice":
            financed.append((due_on, int(cents)))
    soonest = min(coming, default=None)
    taken = credits + account.unapplied
    return {
        "aging": Aging(tuple(sums), credits, soonest, coming[soonest] if soonest else 0, bounds),
        "late_count": late,
        "oldest": oldest,
        "fundable": paying.fundable(financed, taken, day, days, insolvent=account.blocked),
    }


@cache
def _paid() -> Any:
    """One row: lateness of what was paid lately and before, payments that stand out, who pays."""
    late, weight = Invoice.gross_value * Invoice.late_days, Invoice.gross_value
    lately = Invoice.paid_on >= _RECENT
    sums = (
        select(
            func.sum(case((lately, late))).label("recent_days"),
            func.sum(case((lately, weight))).label("recent_weight"),
            func.sum(case((~lately, late))).label("before_days"),
            func.sum(case((~lately, weight))).label("before_weight"),
        )
        .where(
            Invoice.client_id == _CLIENT,
            Invoice.kind == "invoice",
            Invoice.voided_at.is_(None),
            Invoice.paid_on >= _SINCE,
        )
        .subquery()
    )
    live = (Payment.client_id == _CLIENT, Payment.voided_at.is_(None))
    kept, back = (*live, Payment.returned_on.is_(None)), (*live, Payment.returned_on.is_not(None))
    latest, largest = Payment.received_on.desc(), Payment.amount_value.desc()
    return select(
        *sums.c,
        select(Company.settings).limit(1).scalar_subquery().label("settings"),
        *_one("last", kept, (latest, Payment.id.desc()), Payment.received_on),
        *_one("best", kept, (largest, Payment.id), Payment.received_on),
        *_one("returned", back, (Payment.returned_on.desc(), Payment.id), Payment.returned_on),
        _last_late().label("last_late"),
        _payer(Contact.name).label("payer"),
        _payer(Contact.created_at).label("payer_at"),
        *standing_columns(_CLIENT),
    )


def _one(name: str, conditions: Any, order: Any, day: Any) -> tuple[Any, Any]:
    """The day and the cents of the first payment in an order."""
    found = [
        select(column).where(*conditions).order_by(*order).limit(1).scalar_subquery()
        for column in (day, Payment.amount_value)
    ]
    return found[0].label(f"{name}_on"), found[1].label(f"{name}_value")


def _last_late() -> Any:
    paid = (Invoice.client_id == _CLIENT, Invoice.paid_on >= _SINCE, Invoice.voided_at.is_(None))
    query = select(Invoice.late_days).where(*paid, Invoice.kind == "invoice")
    return query.order_by(Invoice.paid_on.desc(), Invoice.id.desc()).limit(1).scalar_subquery()


def _payer(column: Any) -> Any:
    query = select(column).where(Contact.client_id == _CLIENT, Contact.role == "payer")
    return query.order_by(Contact.preferred.desc(), Contact.id.desc()).limit(1).scalar_subquery()


@cache
def _open_parts() -> Any:
    """By due day and kind: cents, documents, and the first reference."""
    part = Instalment
    return (
        select(
            part.due_on,
            Invoice.kind,
            func.sum(part.open_value),
            func.count(Invoice.id.distinct()),
            func.min(Invoice.ref),
        )
        .join(Invoice, Invoice.id == part.invoice_id)
        .where(part.client_id == _CLIENT, part.open > 0, part.sign != 0)
        .group_by(part.due_on, Invoice.kind)
        .order_by(part.due_on)
    )


def card_of(account: Account, figures: Figures) -> visit.Card:
    """What to know and to ask before a visit."""
    return visit.before_visit(known_of(account, figures))


def known_of(account: Account, figures: Figures) -> visit.Known:
    """What the card before a visit is chosen from; what the reader may not see is not in it."""
    day = figures.day
    since = lambda then: (day - then).days if then is not None else None  # noqa: E731
    last, returned, payer = figures.last, figures.returned, figures.payer
    return visit.Known(
        insolvency=account.client.insolvency,
        broken_promise_days=since(figures.word.missed_on),
        late_count=figures.late_count,
        late_amount=figures.aging.overdue,
        late_days=account.days_overdue or 0,
        oldest_ref=figures.oldest,
        use=account.utilisation if account.sees_limit else None,
        available=account.available if account.sees_limit else None,
        returned_amount=returned[1] if returned else None,
        returned_days=since(returned[0]) if returned else None,
        payer=payer[0] if payer else None,
        payer_days=_newly(account, payer, day),
        has_payer=payer is not None,
        trend=figures.trend,
        last_amount=last[1] if last else None,
        last_days=since(last[0]) if last else None,
        last_late=figures.last_late if last else None,
        mean_late=account.balance.days_late if account.balance else None,
        next_amount=figures.aging.next_due if figures.aging.next_due_on else None,
        next_days=(figures.aging.next_due_on - day).days if figures.aging.next_due_on else None,
        open_orders=account.open_orders,
    )


def _newly(account: Account, payer: tuple[str, datetime] | None, day: date) -> int | None:
    """Since when that contact pays, when the client was known before; None for the first ones."""
    if payer is None:
        return None
    since = local(payer[1]).date()
    known_before = (since - local(account.client.created_at).date()).days > visit.FRESH_DAYS
    return (day - since).days if known_before else None
