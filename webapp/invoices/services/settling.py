"""What payments take off documents, and give back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.core.errors import Invalid
from webapp.core.money import convert
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.balances import forget
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.services.loading import CHUNK, load


def settle_invoices(shares: Iterable[tuple[uuid.UUID, int, date]]) -> set[uuid.UUID]:
    """Take allocated amounts off (negative gives back): (invoice id, cents, day). For payments.

    `day` is when the last cent came in, should nothing be left. Returns the clients touched; the
    caller refreshes their balances. Raises Invalid when more would be taken than is open.
    """
    taken = list(shares)
    found = load(list(dict.fromkeys(invoice_id for invoice_id, _amount, _day in taken)), lock=True)
    clients: set[uuid.UUID] = set()
    with db.session.no_autoflush:
        for invoice_id, amount, day in taken:
            invoice = found.get(invoice_id) or db.session.get_one(Invoice, invoice_id)
            if amount > 0 and invoice.voided_at is not None:
                raise Invalid(_l("La facture %(ref)s est annulée.", ref=invoice.ref))
            if not 0 <= invoice.open - amount <= invoice.gross:
                raise Invalid(_l("La facture %(ref)s n’a pas autant à régler.", ref=invoice.ref))
            invoice.open -= amount
            invoice.paid_on = day if invoice.open == 0 else None
            invoice.late_days = (day - invoice.due_on).days if invoice.open == 0 else None
            _spread(invoice)
            clients.add(invoice.client_id)
    return clients


def _spread(invoice: Invoice) -> None:
    """What is settled covers the oldest instalments first."""
    parts = invoice.instalments
    shares = rules.spread([(part.due_on, part.amount) for part in parts], invoice.gross - invoice.open)
    for part, share in zip(parts, shares, strict=True):
        part.open = part.amount - share
        part.open_value = convert(part.open, invoice.rate)
    invoice.open_value = sum(part.open_value for part in parts)


def settle_new_in_full(settled: dict[uuid.UUID, date]) -> None:
    """The same for documents just inserted and settled in full on a day, set-based."""
    rows = list(settled.items())
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        ids = [invoice_id for invoice_id, _day in chunk]
        due = dict(
            db.session.execute(select(Invoice.id, Invoice.due_on).where(Invoice.id.in_(ids))).tuples().all()
        )
        db.session.execute(
            update(Invoice),
            [
                {
                    "id": invoice_id,
                    "open": 0,
                    "open_value": 0,
                    "paid_on": day,
                    "late_days": (day - due[invoice_id]).days,
                }
                for invoice_id, day in chunk
            ],
        )
        db.session.execute(
            update(Instalment).where(Instalment.invoice_id.in_(ids)).values(open=0, open_value=0)
        )
    forget(Invoice, Instalment)
