"""Delivery notes: recorded, corrected, and billed by invoices that name them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import MAX_AMOUNT, UNIT_RATE
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.invoices.balances import refresh_balances
from webapp.invoices.events import OrdersChanged
from webapp.invoices.models import DeliveryNote, Invoice, Order
from webapp.invoices.services.counting import recount
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may

LONGEST_REF = 64
NAMES = ("client_id", "order_id", "delivered_on", "amount", "currency", "rate")
BILLS = ("invoice", "deposit")


@dataclass(frozen=True)
class NoteInput:
    """A delivery note as a source gives it. Minor units of its own currency, VAT included; dates."""

    ref: str
    client_id: uuid.UUID
    delivered_on: date
    amount: int
    order_id: uuid.UUID | None = None
    currency: str = "EUR"
    rate: int = UNIT_RATE


def upsert_note(
    actor: Actor, row: NoteInput, *, closed: bool | None = None, stale: set[uuid.UUID] | None = None
) -> tuple[DeliveryNote, str]:
    """Record or correct a delivery note; returns it and `created`, `updated` or `unchanged`.

    `closed` says that nothing of it will be billed, or that it will after all; `stale` as for
    `upsert_order`. Events: OrdersChanged, BalanceChanged. Raises Forbidden, Invalid with the field at
    fault, Conflict once another client's invoice would be left with it.
    """
    if not may(actor, "invoice.write"):
        raise Forbidden(_l("Votre rôle n’enregistre pas de livraisons."))
    _check(row)
    found = db.session.scalar(select(DeliveryNote).where(DeliveryNote.ref == row.ref))
    outcome = "created" if found is None else "updated"
    if found is None:
        found = DeliveryNote(id=new_id(), ref=row.ref, open_value=0)
        db.session.add(found)
    elif closed in (None, found.closed_on is not None) and _same(found, row):
        return found, "unchanged"
    elif found.invoice_id is not None and found.client_id != row.client_id:
        raise Conflict(_l("Ce bon est facturé à un autre client. Corrigez d’abord la facture."))
    before = (found.client_id, found.order_id) if outcome == "updated" else (None, None)
    for name in NAMES:
        setattr(found, name, getattr(row, name))
    if closed is not None and closed != (found.closed_on is not None):
        found.closed_on = today() if closed else None
    db.session.flush()
    clients = recount([before[1]], [found.id]) | {row.client_id}
    clients |= {before[0]} if before[0] is not None else set()
    if stale is None:
        refresh_balances(clients)
    else:
        stale |= clients
    record(OrdersChanged((found.id,), tuple(clients)))
    audit.write(
        actor, f"delivery_note.{outcome}", "delivery_note", found.id, ref=row.ref, amount=row.amount,
        closed=closed,
    )  # fmt: skip
    return found, outcome


def bill_notes(invoice: Invoice, note_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """These delivery notes, and no others, are billed by this invoice. Returns the clients whose balances the
    caller refreshes; none when nothing changes. Raises Invalid under `delivery_refs`."""
    wanted = set(note_ids)
    chosen = DeliveryNote.id.in_(wanted) | (DeliveryNote.invoice_id == invoice.id)
    notes = db.session.scalars(select(DeliveryNote).where(chosen).with_for_update()).all()
    if {note.id for note in notes if note.invoice_id == invoice.id} == wanted:
        return set()
    for note in notes:
        if note.id in wanted:
            _check_billing(note, invoice)
    for note in notes:
        note.invoice_id = invoice.id if note.id in wanted else None
    db.session.flush()
    return recount(notes=[note.id for note in notes], orders=[invoice.order_id])


def _check_billing(note: DeliveryNote, invoice: Invoice) -> None:
    other = db.session.get(Invoice, note.invoice_id) if note.invoice_id not in (None, invoice.id) else None
    if invoice.kind not in BILLS:
        why: object = _l("Seule une facture ou un acompte facture une livraison.")
    elif note.client_id != invoice.client_id:
        why = _l("Le bon %(ref)s est d’un autre client.", ref=note.ref)
    elif note.currency != invoice.currency:
        why = _l("Le bon %(ref)s est dans une autre devise.", ref=note.ref)
    elif other is not None and other.voided_at is None:
        why = _l("Le bon %(ref)s est déjà facturé par %(other)s.", ref=note.ref, other=other.ref)
    else:
        return
    raise Invalid(errors={"delivery_refs": why})


def _same(note: DeliveryNote, row: NoteInput) -> bool:
    return all(getattr(note, name) == getattr(row, name) for name in NAMES)


def _check(row: NoteInput) -> None:
    if not row.ref.strip() or len(row.ref) > LONGEST_REF or text_fault(row.ref) is not None:
        raise Invalid(errors={"ref": _l("Indiquez une référence.")})
    if not 0 < row.amount <= MAX_AMOUNT:
        raise Invalid(errors={"amount": _l("Indiquez un montant supérieur à 0 €.")})
    if row.order_id is None:
        return
    order = db.session.get(Order, row.order_id)
    if order is None or order.kind != "order" or order.client_id != row.client_id:
        raise Invalid(errors={"order_ref": _l("Ce client n’a ni devis ni commande de cette référence.")})
    if order.currency != row.currency:
        raise Invalid(errors={"amount": _l("La livraison est dans la devise de sa commande.")})
