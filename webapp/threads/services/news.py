"""What the product says by itself in a thread: money, and what was decided about it.

Only where people talk already: nothing is said in a thread nobody has written in, so a busy day at the
matching desk starts no conversation. A line names no payment and no limit: it says what every reader of
the thread may see, what is left to pay. French, like all that is stored in a thread.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.core.ids import new_id
from webapp.core.money import format_money
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation, Payment, WriteOff
from webapp.threads import markup
from webapp.threads.models import Thread
from webapp.threads.services.storing import Row, store
from webapp.threads.subjects import read_subjects
from webapp.users.queries import names_of


def tell_threads(texts: Mapping[uuid.UUID, str]) -> None:
    """A line by the product in each of these threads where somebody has written. Set-based.

    Events: MessagesPosted.
    """
    known = db.session.execute(select(Thread.id, Thread.subject_type).where(Thread.id.in_(texts))).tuples()
    subjects = read_subjects(known.all())
    rows = [
        Row(new_id(), thread_id, None, new_id(), text, markup.render(text, {}), kind="system")
        for thread_id, text in texts.items()
        if thread_id in subjects
    ]
    if rows:
        store(rows, subjects)


def tell_of_money(invoice_ids: Collection[uuid.UUID], *, credit: bool) -> None:
    """Money or a credit note came in on these invoices. Events as `tell_threads`."""
    with force_locale("fr"):
        said = _("Avoir imputé") if credit else _("Règlement reçu")
        tell_threads(_lines(said, invoice_ids))


def tell_of_return(payment_id: uuid.UUID) -> None:
    """The bank took a payment back: said where it had settled something, and to the client's thread.

    Events as `tell_threads`.
    """
    payment = db.session.get_one(Payment, payment_id)
    opened = db.session.scalars(
        select(Allocation.invoice_id).where(
            Allocation.payment_id == payment_id, Allocation.reversed_on >= payment.returned_on
        )
    ).all()
    with force_locale("fr"):
        said = _("Règlement revenu impayé")
        tell_threads({payment.client_id: f"{said}.", **_lines(said, opened)})


def tell_of_loss(write_off_id: uuid.UUID) -> None:
    """A loss somebody asked for was decided. Events as `tell_threads`."""
    row = db.session.get_one(WriteOff, write_off_id)
    name = names_of([row.decided_by]).get(row.decided_by) if row.decided_by else None
    with force_locale("fr"):
        said = (
            _("Passage en perte accordé par %(name)s", name=name or "Encours")
            if row.state == "approved"
            else _("Passage en perte refusé par %(name)s", name=name or "Encours")
        )
        tell_threads(_lines(said, [row.invoice_id]))


def _lines(said: str, invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What happened and what is left to pay, for those of these invoices that have a thread."""
    query = select(Invoice).join(Thread, Thread.id == Invoice.id).where(Invoice.id.in_(invoice_ids))
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {each.id: f"{said} : {_rest(each)}" for each in found}


def _rest(invoice: Invoice) -> str:
    if invoice.open == 0:
        return _("la facture est réglée.")
    left = format_money(invoice.open, invoice.currency, "fr", cents=invoice.open % 100 != 0)
    return _("il reste %(amount)s à régler.", amount=left)
