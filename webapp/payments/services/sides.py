"""The two sides of an allocation: what is loaded and locked, what may meet, from which day it counts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.rules import SIGN
from webapp.payments.models import Allocation, Payment
from webapp.payments.rules import Share

Entry = TypeVar("Entry", Payment, Invoice)
CHUNK = 500


def day_of(origin: Payment | Invoice, invoice: Invoice) -> date:
    """Money settles when it came in, a credit when both documents exist."""
    if isinstance(origin, Payment):
        return origin.received_on
    return max(origin.issued_on, invoice.issued_on)


def check(origin: Payment | Invoice, invoice: Invoice, client_id: uuid.UUID, share: Share) -> None:
    """Raises Invalid or Conflict, naming the document, when the two do not go together."""
    left = origin.unapplied if isinstance(origin, Payment) else origin.open
    if origin.client_id != client_id or invoice.client_id != client_id:
        raise Invalid(
            errors={"allocations": _l("La facture %(ref)s est celle d’un autre client.", ref=invoice.ref)}
        )
    if origin.voided_at is not None or (isinstance(origin, Payment) and origin.returned_on is not None):
        raise Conflict(_l("Ce règlement est annulé."))
    if SIGN[invoice.kind] < 0:
        raise Invalid(
            errors={"allocations": _l("%(ref)s est un avoir : il ne se règle pas.", ref=invoice.ref)}
        )
    if isinstance(origin, Invoice) and SIGN[origin.kind] > 0:
        raise Invalid(errors={"allocations": _l("%(ref)s n’est pas un avoir.", ref=origin.ref)})
    if origin.currency != invoice.currency:
        raise Invalid(
            errors={
                "allocations": _l(
                    "La facture %(ref)s est en %(currency)s.", ref=invoice.ref, currency=invoice.currency
                )
            }
        )
    if isinstance(origin, Payment) and share.amount > left:
        raise Invalid(errors={"allocations": _l("Les affectations dépassent le règlement.")})


def load(kind: type[Entry], ids: Iterable[object]) -> dict[object, Entry]:
    """These payments or documents, locked and read anew, by id. Raises NotFound when one is missing."""
    wanted = list(dict.fromkeys(ids))
    found: dict[object, Entry] = {}
    for start in range(0, len(wanted), 500):
        query = select(kind).where(kind.id.in_(wanted[start : start + 500])).with_for_update()
        found |= {
            each.id: each for each in db.session.scalars(query.execution_options(populate_existing=True))
        }
    missing = [each for each in wanted if each not in found]
    if missing:
        raise NotFound(_l("Cette pièce n’existe pas."))
    return found


def latest_days(invoice_ids: Iterable[object]) -> dict[object, date]:
    """When money last came in on these invoices: payments are not always entered in their order."""
    wanted, found = list(invoice_ids), dict[object, date]()
    day = func.max(func.coalesce(Payment.received_on, Allocation.effective_on))
    for start in range(0, len(wanted), CHUNK):
        rows = db.session.execute(
            select(Allocation.invoice_id, day)
            .outerjoin(Payment, Payment.id == Allocation.payment_id)
            .where(Allocation.invoice_id.in_(wanted[start : start + CHUNK]), Allocation.reversed_at.is_(None))
            .group_by(Allocation.invoice_id)
        )
        found |= dict(rows.tuples().all())
    return found


def undone_days(*sides: Iterable[object]) -> dict[object, date]:
    """When a matching of each of these was last undone: the next one cannot reach back before it."""
    ids, last = list({each for side in sides for each in side}), dict[object, date]()
    for column in (Allocation.invoice_id, Allocation.payment_id, Allocation.credit_id):
        for start in range(0, len(ids), CHUNK):
            rows = db.session.execute(
                select(column, func.max(Allocation.reversed_on))
                .where(column.in_(ids[start : start + CHUNK]), Allocation.reversed_on.is_not(None))
                .group_by(column)
            )
            for key, day in rows:
                if day is not None:
                    last[key] = max(day, last.get(key, day))
    return last
