"""Matching (lettrage): payments and credits put on invoices, in one act that can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import convert
from webapp.extensions import db
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.models import Invoice
from webapp.invoices.services import settle_invoices
from webapp.payments.events import InvoicesSettled
from webapp.payments.models import Allocation, Matching, Payment
from webapp.payments.rules import Share
from webapp.payments.services.balances import refresh, require_writer
from webapp.payments.services.sides import check, day_of, latest_days, load, undone_days
from webapp.users import audit
from webapp.users.actor import Actor

CHUNK = 500


def match(
    actor: Actor,
    client_id: uuid.UUID,
    shares: Sequence[Share],
    *,
    source: str = "person",
    reasons: Sequence[Any] = (),
    code: str | None = None,
    effective_on: date | None = None,
    import_id: uuid.UUID | None = None,
) -> Matching:
    """Put payments and credits of a client on invoices, all in one act.

    Each share takes effect on the day its money came in (a credit: when both documents exist), unless
    `effective_on` says otherwise, and never before an earlier matching of either side was undone.
    Events: InvoicesChanged, BalanceChanged, InvoicesSettled. Raises Forbidden; Invalid when something is
    not the client's, not in the same currency, or would go below zero.
    """
    require_writer(actor, importing=import_id is not None)
    if not shares or any(share.amount <= 0 for share in shares):
        raise Invalid(errors={"allocations": _l("Indiquez un montant supérieur à 0 €.")})
    matching = Matching(
        id=new_id(),
        client_id=client_id,
        source=source,
        code=code,
        reasons=list(reasons),
        made_by=actor.user_id,
        import_id=import_id,
    )
    db.session.add(matching)
    db.session.flush()
    allocate(client_id, shares, effective_on=effective_on, matching_id=matching.id)
    if import_id is None:
        told = tuple(dict.fromkeys(share.invoice_id for share in shares))
        record(InvoicesSettled(told, all(share.of_credit for share in shares)))
        audit.write(
            actor,
            "matching.make",
            "matching",
            matching.id,
            source=source,
            shares=[[str(each.source_id), str(each.invoice_id), each.amount] for each in shares],
        )
    return matching


def undo_matching(actor: Actor, matching_id: uuid.UUID, day: date | None = None) -> Matching:
    """Take an act of matching back: its allocations are reversed on `day` (today).

    Events: InvoicesChanged, BalanceChanged. Raises Forbidden, NotFound, Conflict when it was
    undone before or a write-off belongs to it.
    """
    require_writer(actor)
    matching = db.session.get(Matching, matching_id)
    if matching is None:
        raise NotFound(_l("Ce lettrage n’existe pas."))
    if matching.undone_on is not None:
        raise Conflict(_l("Ce lettrage est déjà annulé."))
    rows = db.session.scalars(
        select(Allocation).where(Allocation.matching_id == matching_id, Allocation.reversed_at.is_(None))
    ).all()
    matching.undone_on, matching.undone_by = day or today(), actor.user_id
    reverse(rows, matching.undone_on)
    audit.write(actor, "matching.undo", "matching", matching.id, allocations=len(rows))
    return matching


@dataclass(frozen=True)
class Group:
    """What one act of matching puts together: shares of one client, under the letters of its books."""

    client_id: uuid.UUID
    code: str | None
    shares: tuple[Share, ...]


def match_many(actor: Actor, groups: Sequence[Group], *, import_id: uuid.UUID, stale: set[uuid.UUID]) -> int:
    """What `match` does for each group of a file, set-based; returns how many allocations were made.

    Clients are added to `stale`: the caller refreshes their balances and tells. Raises as `match`.
    """
    require_writer(actor, importing=True)
    count = 0
    for start in range(0, len(groups), CHUNK):
        chunk = groups[start : start + CHUNK]
        ids = [new_id() for _each in chunk]
        made = {"source": "import", "reasons": [], "made_by": actor.user_id, "import_id": import_id}
        db.session.execute(
            insert(Matching),
            [
                {
                    "id": matching_id,
                    "client_id": group.client_id,
                    "code": group.code,
                    "made_at": now(),
                    **made,
                }
                for matching_id, group in zip(ids, chunk, strict=True)
            ],
        )
        put = [
            _Put(group.client_id, share, matching_id)
            for matching_id, group in zip(ids, chunk, strict=True)
            for share in group.shares
        ]
        clients, _changed = _put_all(put)
        stale |= clients
        count += len(put)
    return count


@dataclass(frozen=True)
class _Put:
    """A share on its way to be written."""

    client_id: uuid.UUID
    share: Share
    matching_id: uuid.UUID | None = None
    effective_on: date | None = None


def undo_matchings(actor: Actor, import_id: uuid.UUID) -> None:
    """Take back every act of matching a file made, as of today. Events as `match`. Raises Forbidden."""
    require_writer(actor, importing=True)
    made = select(Matching.id).where(Matching.import_id == import_id, Matching.undone_on.is_(None))
    live = Allocation.matching_id.in_(made) & Allocation.reversed_at.is_(None)
    reverse(db.session.scalars(select(Allocation).where(live)).all(), today())
    db.session.execute(
        update(Matching)
        .where(Matching.import_id == import_id, Matching.undone_on.is_(None))
        .values(undone_on=today(), undone_by=actor.user_id)
        .execution_options(synchronize_session=False)
    )


def allocate(
    client_id: uuid.UUID,
    shares: Sequence[Share],
    *,
    effective_on: date | None = None,
    matching_id: uuid.UUID | None = None,
) -> None:
    """Write the allocations and everything that follows from them, in the running transaction."""
    clients, changed = _put_all([_Put(client_id, share, matching_id, effective_on) for share in shares])
    refresh({client_id} | clients)
    if changed:
        record(InvoicesChanged(changed))


def _put_all(put: Sequence[_Put]) -> tuple[set[uuid.UUID], tuple[uuid.UUID, ...]]:
    """Write allocations and what they take off; the clients and the documents touched."""
    shares = [each.share for each in put]
    payments = load(Payment, [share.source_id for share in shares if not share.of_credit])
    credits = load(Invoice, [share.source_id for share in shares if share.of_credit])
    invoices = load(Invoice, [share.invoice_id for share in shares])
    latest, undone = latest_days(invoices), undone_days(payments, credits, invoices)
    taken: list[tuple[uuid.UUID, int, date]] = []
    for each in put:
        share = each.share
        origin: Any = (credits if share.of_credit else payments)[share.source_id]
        invoice = invoices[share.invoice_id]
        check(origin, invoice, each.client_id, share)
        paid_on = each.effective_on or day_of(origin, invoice)
        day = max(paid_on, undone.get(origin.id, paid_on), undone.get(invoice.id, paid_on))
        latest[invoice.id] = max(paid_on, latest.get(invoice.id, paid_on))
        taken.append((invoice.id, share.amount, latest[invoice.id]))
        if share.of_credit:
            taken.append((origin.id, share.amount, paid_on))
        else:
            _take(origin, share.amount)
        db.session.add(
            Allocation(
                id=new_id(),
                payment_id=None if share.of_credit else origin.id,
                credit_id=origin.id if share.of_credit else None,
                invoice_id=invoice.id,
                amount=share.amount,
                effective_on=day,
                matching_id=each.matching_id,
            )
        )
    clients = settle_invoices(taken)
    db.session.flush()
    return clients, tuple(dict.fromkeys(invoice_id for invoice_id, _amount, _day in taken))


def reverse(rows: Sequence[Allocation], day: date) -> None:
    """Undo allocations by a dated reversal: what they settled is open again. Events as `match`."""
    payments = load(Payment, [row.payment_id for row in rows if row.payment_id is not None])
    given: list[tuple[uuid.UUID, int, date]] = []
    for row in rows:
        row.reversed_on, row.reversed_at = max(day, row.effective_on), now()
        given.append((row.invoice_id, -row.amount, day))
        if row.credit_id is not None:
            given.append((row.credit_id, -row.amount, day))
        elif row.payment_id is not None:
            _take(payments[row.payment_id], -row.amount)
    clients = settle_invoices(given) | {payment.client_id for payment in payments.values()}
    db.session.flush()
    refresh(clients)
    if given:
        record(InvoicesChanged(tuple(dict.fromkeys(invoice_id for invoice_id, _amount, _day in given))))


def _take(payment: Payment, amount: int) -> None:
    payment.unapplied -= amount
    payment.unapplied_value = convert(payment.unapplied, payment.rate)
