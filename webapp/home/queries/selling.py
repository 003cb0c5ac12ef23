"""What a credit check looks at: the account, and what would free the most of its credit. Two queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import literal, select, union_all

from webapp.core.clock import today
from webapp.core.errors import Forbidden
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.home.queries.accounts import Account, get_account
from webapp.home.rules import selling
from webapp.invoices.models import Invoice
from webapp.risk.policy import may_read_limits
from webapp.users.actor import Actor


@dataclass(frozen=True)
class Check:
    """The answer about `amount` cents, with what it was judged on."""

    amount: int
    account: Account
    verdict: selling.Verdict
    act: selling.Act | None
    enough: bool  # the act alone would make it a yes


def check_credit(actor: Actor, client_id: uuid.UUID, amount: int) -> Check:
    """May `amount` cents of the company's currency be sold on credit now?

    Raises NotFound, and Forbidden for roles that may not see limits.
    """
    account = get_account(actor, client_id)
    if not may_read_limits(actor):
        raise Forbidden(_l("Votre rôle ne voit pas les plafonds."))
    standing = standing_of(account)
    verdict = selling.judge(amount, standing)
    act = selling.best_act(_acts(client_id)) if verdict.answer != selling.YES else None
    enough = act is not None and selling.is_enough(amount, standing, act)
    return Check(amount, account, verdict, act, enough)


def standing_of(account: Account) -> selling.Standing:
    """The figures of an account that its reader may see."""
    cap = account.credit_limit
    return selling.Standing(
        exposure=account.outstanding,
        orders=account.ahead,
        limit=account.limit,
        ended=cap is not None and cap.ends_on is not None and cap.ends_on < account.day,
        insolvent=account.blocked,
        days_late=account.days_overdue,
        max_days_late=cap.max_days_late if cap is not None else None,
    )


def _acts(client_id: uuid.UUID) -> list[selling.Act]:
    """The largest document that is overdue, and the largest open dispute."""
    overdue = (
        select(literal(selling.COLLECT).label("kind"), Invoice.id, Invoice.ref, Invoice.open_value)
        .where(
            Invoice.client_id == client_id,
            Invoice.kind.in_(("invoice", "deposit")),
            Invoice.voided_at.is_(None),
            Invoice.open > 0,
            Invoice.due_on < today(),
        )
        .order_by(Invoice.open_value.desc(), Invoice.id)
        .limit(1)
        .subquery()
    )
    contested = (
        select(literal(selling.SETTLE).label("kind"), Dispute.id, Invoice.ref, Dispute.open_value)
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .where(Dispute.client_id == client_id, Dispute.closed_at.is_(None), Dispute.open_value > 0)
        .order_by(Dispute.open_value.desc(), Dispute.id)
        .limit(1)
        .subquery()
    )
    rows = db.session.execute(union_all(select(overdue), select(contested)))
    return [selling.Act(*row) for row in rows]
