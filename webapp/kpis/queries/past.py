"""The aged balance as the books stood on a past day, set-based: today's, put right where it differs.

Documents that changed since are taken out as they stand now and put back as they stood, by the rules
of `payments.queries.as_of`: what was settled covers the earliest due parts of a document first, and
amounts in another currency are converted part by part. So a recent day costs little more than today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, null, select

from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Instalment, Invoice
from webapp.kpis.formulas.aging import Line, edges, with_cash
from webapp.kpis.queries.keys import raw, written
from webapp.kpis.queries.sums import NOTHING, sums
from webapp.payments.queries import changed_since, settled_as_of, unapplied_as_of

_bill: Any = Invoice
_part: Any = Instalment
Row = tuple[Any, ...]


def aging_lines(
    day: date, basis: str, bounds: Sequence[int], now: Iterable[Row], clients: Select[Any] | None
) -> list[Line]:
    """One line for each of these clients (None: all) with something open at the end of `day`, unscoped.

    `now` is (client, six buckets, credits) of what is open today, aged as of `day`.
    """
    changed, since = changed_since(day), edges(day, bounds)
    sums_of = {row[0]: list(row[1:]) for row in now}
    for client_id, *amounts in _standing(changed, basis, since, clients):
        held = sums_of.setdefault(written(client_id), [0] * len(amounts))
        sums_of[written(client_id)] = [kept - amount for kept, amount in zip(held, amounts, strict=True)]
    for client_id, rate, *amounts in _replayed(day, changed, basis, since, clients):
        held = sums_of.setdefault(written(client_id), [0] * len(amounts))
        for place, amount in enumerate(amounts):
            held[place] += convert(amount, rate)
    cash = {str(client_id): amount for client_id, amount in unapplied_as_of(day, clients).items()}
    return with_cash(((client_id, *held) for client_id, held in sums_of.items()), cash)


def _standing(
    changed: Select[Any], basis: str, since: Sequence[date], clients: Select[Any] | None
) -> Iterable[Any]:
    """What documents that changed count for today."""
    dated = _part.due_on if basis == "due" else _bill.issued_on
    figures = sums(dated, _part.sign > NOTHING, _part.sign < NOTHING, _part.open_value, since)
    query = (
        select(raw(_part.client_id), *figures)
        .join(_bill, _bill.id == _part.invoice_id)
        .where(_part.open > NOTHING, _bill.id.in_(changed))
        .group_by(_part.client_id)
    )
    return db.session.execute(query if clients is None else query.where(_part.client_id.in_(clients)))


def _replayed(
    day: date, changed: Select[Any], basis: str, since: Sequence[date], clients: Select[Any] | None
) -> Iterable[Any]:
    """What they counted for at the end of `day`: ours added up by client, of another currency each part."""
    every = _open_parts(day, changed, clients).subquery()
    dated = every.c.due_on if basis == "due" else every.c.issued_on
    figures = sums(dated, every.c.sign > NOTHING, every.c.sign < NOTHING, every.c.left, since)
    foreign = case((every.c.rate == UNIT_RATE, null()), else_=every.c.part_id)
    query = select(raw(every.c.client_id), every.c.rate, *figures)
    return db.session.execute(query.group_by(every.c.client_id, every.c.rate, foreign))


def _open_parts(day: date, changed: Select[Any], clients: Select[Any] | None) -> Select[Any]:
    """Every part of these documents that was open, with what was left of it."""
    taken = settled_as_of(day, clients, among=changed)
    settled = cast(func.coalesce(taken.c.total, NOTHING), BigInteger())
    in_order = {"partition_by": _part.invoice_id, "order_by": (_part.due_on, _part.number)}
    reached = cast(func.sum(_part.amount).over(**in_order), BigInteger()) - settled  # up to this part
    found = (
        select(
            _bill.client_id,
            _bill.issued_on,
            _bill.rate,
            case(rules.SIGN, value=_bill.kind).label("sign"),
            _part.id.label("part_id"),
            _part.due_on,
            _part.amount,
            reached.label("reached"),
        )
        .join(_part, _part.invoice_id == _bill.id)
        .outerjoin(taken, taken.c.id == _bill.id)
        .where(
            _bill.id.in_(changed),
            _bill.issued_on <= day,
            _bill.voided_at.is_(None),
            _bill.gross > settled,
        )
    )
    each = (found if clients is None else found.where(_bill.client_id.in_(clients))).subquery()
    left = case((each.c.reached < each.c.amount, each.c.reached), else_=each.c.amount)
    columns = (each.c[name] for name in ("client_id", "issued_on", "rate", "sign", "part_id", "due_on"))
    return select(*columns, left.label("left")).where(each.c.reached > NOTHING)
