"""What payments, and days that pass, make of promises."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.core.clock import local, now, today
from webapp.core.events import record
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation, Payment
from webapp.promises import rules
from webapp.promises.events import PromisesBroken, PromisesChanged
from webapp.promises.models import Promise
from webapp.promises.rules import Outcome, Promised, Receipt
from webapp.threads.events import ActChanged

CHUNK = 500


def judge(client_ids: Iterable[uuid.UUID]) -> None:
    """Compute again what has come in for the promises of these clients, and what that makes of them.

    Set-based: the number of queries grows with hundreds of clients, not with payments.
    Events: PromisesChanged, PromisesBroken (once for each promise), ActChanged.
    """
    ids = sorted(set(client_ids))
    for start in range(0, len(ids), CHUNK):
        _judge(ids[start : start + CHUNK], today())


def judge_due(limit: int = CHUNK) -> int:
    """Judge the clients with a promise whose day has passed; how many there were. Events as `judge`.

    The daily job calls it until it returns 0: a promise that was judged is no longer open.
    """
    query = select(Promise.client_id).where(Promise.state == rules.OPEN, Promise.promised_on < today())
    ids = db.session.scalars(query.distinct().limit(limit)).all()
    judge(ids)
    return len(ids)


def _judge(ids: Sequence[uuid.UUID], day: date) -> None:
    # Two payments of one client take turns here, so that the second sees what the first brought.
    rows = db.session.execute(
        select(Promise, Invoice.open, Invoice.voided_at)
        .outerjoin(Invoice, Invoice.id == Promise.invoice_id)
        .where(Promise.client_id.in_(ids), Promise.state.not_in(rules.WITHDRAWN))
        .order_by(Promise.id)
        .with_for_update(of=Promise)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return
    by_client: dict[uuid.UUID, list[tuple[Promise, Promised]]] = defaultdict(list)
    for promise, open_, voided_at in rows:
        owed = 0 if voided_at is not None else open_
        by_client[promise.client_id].append((promise, _promised(promise, owed)))
    receipts = _receipts(by_client, min(local(promise.taken_at).date() for promise, *_ in rows))
    changed = []
    for client_id, pairs in by_client.items():
        outcomes = rules.share_out([promised for _promise, promised in pairs], receipts[client_id])
        for promise, promised in pairs:
            if _note(promise, outcomes[promise.id], rules.state_of(promised, outcomes[promise.id], day)):
                changed.append(promise)
    db.session.flush()
    _tell(changed)


def _promised(promise: Promise, owed: int | None) -> Promised:
    return Promised(
        id=promise.id,
        invoice_id=promise.invoice_id,
        amount=promise.amount,
        taken_on=local(promise.taken_at).date(),
        taken_at=promise.taken_at,
        promised_on=promise.promised_on,
        owed=owed,
    )


def _receipts(client_ids: Iterable[uuid.UUID], since: date) -> dict[uuid.UUID, list[Receipt]]:
    """What these clients paid since that day: parts put on invoices, and what is left of each payment."""
    found: dict[uuid.UUID, list[Receipt]] = defaultdict(list)
    paid = (
        Payment.client_id.in_(client_ids),
        Payment.received_on >= since,
        Payment.voided_at.is_(None),
        Payment.returned_on.is_(None),
    )
    facts = (Payment.rate, Payment.received_on, Payment.recorded_at)
    parts = select(Payment.client_id, Allocation.invoice_id, Allocation.amount, *facts)
    parts = parts.join(Allocation, Allocation.payment_id == Payment.id).where(
        *paid, Allocation.reversed_at.is_(None)
    )
    rows: Any = db.session.execute(parts)
    for client_id, *values in rows:
        found[client_id].append(Receipt(*values))
    rest = select(Payment.client_id, Payment.unapplied, *facts).where(*paid, Payment.unapplied > 0)
    rows = db.session.execute(rest)
    for client_id, *values in rows:
        found[client_id].append(Receipt(None, *values))
    return found


def _note(promise: Promise, outcome: Outcome, state: str) -> bool:
    """Write what became of it; whether anything changed."""
    before = (promise.state, promise.received, promise.fulfilled_on)
    promise.state, promise.received, promise.fulfilled_on = state, outcome.received, outcome.fulfilled_on
    return before != (promise.state, promise.received, promise.fulfilled_on)


def _tell(changed: Sequence[Promise]) -> None:
    missed = [each for each in changed if each.state in rules.MISSED and each.missed_at is None]
    for each in missed:
        each.missed_at = now()
    for each in changed:
        record(ActChanged(each.thread_id, "promise", each.id))
    if changed:
        record(PromisesChanged(tuple({each.client_id for each in changed})))
    if missed:
        record(PromisesBroken(tuple(each.id for each in missed)))
