"""The aged balance as the books stood on a past day, in two set-based reads of the entries.

The rules are those of `payments.queries.as_of`; what was settled covers the earliest due parts of
a document first. Amounts in another currency are converted part by part, as they are when kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, null, select, union_all

from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Instalment, Invoice
from webapp.kpis.formulas.aging import Line, edges, with_cash
from webapp.kpis.queries.keys import raw, written
from webapp.kpis.queries.sums import NOTHING, sums
from webapp.payments.queries import settled_as_of, unapplied_as_of

_bill: Any = Invoice
_part: Any = Instalment


def aging_lines(day: date, basis: str, bounds: Sequence[int], clients: Select[Any] | None) -> list[Line]:
    """One line for each of these clients (None: all) with something open at the end of `day`, unscoped."""
    every = _open_parts(day, clients).subquery()
    dated = every.c.due_on if basis == "due" else every.c.issued_on
    figures = sums(dated, every.c.sign > NOTHING, every.c.sign < NOTHING, every.c.left, edges(day, bounds))
    # Ours are added up by client at once; of another currency each part is a row, to be converted.
    foreign = case((every.c.rate == UNIT_RATE, null()), else_=every.c.part_id)
    query = select(raw(every.c.client_id), every.c.rate, *figures)
    rows = db.session.execute(query.group_by(every.c.client_id, every.c.rate, foreign))
    cash = {str(client_id): amount for client_id, amount in unapplied_as_of(day, clients).items()}
    return with_cash(_converted(rows), cash)


def _converted(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """(client, six buckets, credits) in the company's currency."""
    sums_of: dict[str, list[int]] = {}
    for client_id, rate, *amounts in rows:
        held = sums_of.setdefault(client_id, [0] * len(amounts))
        for place, amount in enumerate(amounts):
            held[place] += convert(amount, rate)
    return ((written(client_id), *held) for client_id, held in sums_of.items())


def _open_parts(day: date, clients: Select[Any] | None) -> Any:
    """Every part that was open, with what was left of it: documents in one part, then those in several."""
    taken = settled_as_of(day, clients)
    settled = cast(func.coalesce(taken.c.total, NOTHING), BigInteger())
    facts = (
        _bill.client_id,
        _bill.issued_on,
        _bill.rate,
        case(rules.SIGN, value=_bill.kind).label("sign"),
        _part.id.label("part_id"),
        _part.due_on,
    )
    found = (
        select(*facts)
        .join(_part, _part.invoice_id == _bill.id)
        .outerjoin(taken, taken.c.id == _bill.id)
        .where(_bill.issued_on <= day, _bill.voided_at.is_(None), _bill.gross > settled)
    )
    if clients is not None:
        found = found.where(_bill.client_id.in_(clients))
    whole = found.add_columns((_bill.gross - settled).label("left")).where(_part.amount == _bill.gross)
    in_order = {"partition_by": _part.invoice_id, "order_by": (_part.due_on, _part.number)}
    reached = cast(func.sum(_part.amount).over(**in_order), BigInteger()) - settled  # up to this part
    split = found.add_columns(reached.label("reached"), _part.amount).where(_part.amount < _bill.gross)
    each = split.subquery()
    left = case((each.c.reached < each.c.amount, each.c.reached), else_=each.c.amount)
    columns = (each.c[name] for name in ("client_id", "issued_on", "rate", "sign", "part_id", "due_on"))
    return union_all(whole, select(*columns, left.label("left")).where(each.c.reached > NOTHING))
