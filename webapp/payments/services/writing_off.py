"""Giving up a part of an invoice: at once below the cap, with a second person above it."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import convert
from webapp.extensions import db
from webapp.invoices import rules as invoice_rules
from webapp.invoices.models import Invoice
from webapp.invoices.services import InvoiceInput, upsert_invoices, void_invoices
from webapp.payments import rules
from webapp.payments.events import WriteOffAsked, WriteOffDecided
from webapp.payments.models import Allocation, WriteOff
from webapp.payments.queries import get_write_off, write_off_cap
from webapp.payments.rules import Share
from webapp.payments.services.balances import require_writer
from webapp.payments.services.matching import allocate, reverse
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may


def write_off(
    actor: Actor,
    invoice: Invoice,
    *,
    amount: int,
    reason: str,
    note: str | None = None,
    matching_id: uuid.UUID | None = None,
    on: date | None = None,
) -> WriteOff:
    """Give up `amount` (minor units of the invoice) of an invoice already known to be in scope.

    Above the company's cap it waits for somebody else's approval. Events: WriteOffAsked, or those
    of `match`. Raises Forbidden, Invalid with the field at fault, Conflict when one waits already.
    """
    require_writer(actor)
    _check(invoice, amount, reason, note)
    if db.session.scalar(
        select(WriteOff.id).where(WriteOff.invoice_id == invoice.id, WriteOff.state == "asked")
    ):
        raise Conflict(_l("Un passage en perte attend déjà une décision sur cette facture."))
    row = WriteOff(
        id=new_id(),
        invoice_id=invoice.id,
        client_id=invoice.client_id,
        amount=amount,
        reason=reason,
        note=note,
        state="asked",
        requested_by=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.write(
        actor, "write_off.ask", "write_off", row.id, invoice=invoice.ref, amount=amount, reason=reason
    )
    if rules.needs_approval(convert(amount, invoice.rate), write_off_cap()):
        record(WriteOffAsked(row.id, row.client_id))
    else:
        row.state, row.decided_by, row.decided_at = "approved", actor.user_id, now()
        _book(actor, row, invoice, on or today(), matching_id)
    return row


def decide_write_off(
    actor: Actor, write_off_id: uuid.UUID, *, approve: bool, note: str | None = None
) -> WriteOff:
    """Approve or refuse what somebody else asked. Events: WriteOffDecided, and those of `match`.

    Raises Forbidden (the role, or one's own), NotFound, Conflict when it is decided, Invalid when
    less is open by now.
    """
    if not may(actor, "write_off.decide"):
        raise Forbidden(_l("Votre rôle ne décide pas des passages en perte."))
    row = get_write_off(actor, write_off_id, lock=True)
    if row.state != "asked":
        raise Conflict(_l("Cette demande est déjà décidée."))
    if row.requested_by == actor.user_id:
        raise Forbidden(_l("Vous ne pouvez pas décider de votre demande."))
    if not approve and not (note or "").strip():
        raise Invalid(errors={"note": _l("Dites pourquoi vous refusez.")})
    invoice = db.session.get_one(Invoice, row.invoice_id)
    row.state = "approved" if approve else "refused"
    row.decided_by, row.decided_at, row.decision_note = actor.user_id, now(), note
    if approve:
        if row.amount > invoice.open:
            raise Invalid(errors={"amount": _l("Il reste moins que cela à régler sur la facture.")})
        _book(actor, row, invoice, today(), None)
    record(WriteOffDecided(row.id, row.client_id))
    audit.write(actor, f"write_off.{'approve' if approve else 'refuse'}", "write_off", row.id, note=note)
    return row


def undo_write_off(actor: Actor, write_off_id: uuid.UUID) -> WriteOff:
    """Take a loss back (the client paid after all): the invoice is open again from today on.

    Events as `match`. Raises Forbidden, NotFound, Conflict when nothing was written off.
    """
    require_writer(actor)
    row = get_write_off(actor, write_off_id, lock=True)
    if row.state != "approved" or row.document_id is None:
        raise Conflict(_l("Il n’y a rien à reprendre."))
    live = (Allocation.credit_id == row.document_id) & Allocation.reversed_at.is_(None)
    reverse(db.session.scalars(select(Allocation).where(live)).all(), today())
    void_invoices(actor, [row.document_id], f"write_off {row.id}")
    row.state = "undone"
    audit.write(actor, "write_off.undo", "write_off", row.id)
    return row


def _book(actor: Actor, row: WriteOff, invoice: Invoice, day: date, matching_id: uuid.UUID | None) -> None:
    """The document of the loss, and its allocation to the invoice."""
    day = max(day, invoice.issued_on)
    ref = _ref(invoice)
    done = upsert_invoices(
        actor,
        [
            InvoiceInput(
                ref=ref,
                client_id=invoice.client_id,
                issued_on=day,
                due_on=day,
                gross=row.amount,
                kind="write_off",
                currency=invoice.currency,
                rate=invoice.rate,
            )
        ],
    )
    row.document_id = done.ids[ref]
    share = Share(row.document_id, invoice.id, row.amount, of_credit=True)
    allocate(invoice.client_id, [share], effective_on=day, matching_id=matching_id)


def _ref(invoice: Invoice) -> str:
    """PERTE-F-2026-118, then PERTE-F-2026-118-2: what was taken back keeps its number."""
    booked = select(func.count()).where(WriteOff.invoice_id == invoice.id, WriteOff.document_id.is_not(None))
    rank = (db.session.scalar(booked) or 0) + 1
    return f"PERTE-{invoice.ref[:50]}" + (f"-{rank}" if rank > 1 else "")


def _check(invoice: Invoice, amount: int, reason: str, note: str | None) -> None:
    if invoice.voided_at is not None or invoice_rules.SIGN[invoice.kind] < 0:
        raise NotFound(_l("Cette pièce ne se passe pas en perte."))
    if not 0 < amount <= invoice.open:
        raise Invalid(errors={"amount": _l("Indiquez un montant entre 0 € et ce qui reste à régler.")})
    if reason not in rules.WRITE_OFF_REASONS:
        raise Invalid(errors={"reason": _l("Choisissez un motif.")})
    if reason == "other" and not (note or "").strip():
        raise Invalid(errors={"note": _l("Précisez le motif.")})
