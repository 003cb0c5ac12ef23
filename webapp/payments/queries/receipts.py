"""Reads of payments and their allocations, inside the actor's scope."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.bulk import among
from webapp.core.errors import Forbidden, NotFound
from webapp.core.nested import RowsOf
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation, Payment
from webapp.users.actor import Actor
from webapp.users.policy import may

MISSING = _l("Règlement introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")
HIDDEN = _l("Votre rôle ne voit pas les règlements.")


def require_reader(actor: Actor) -> None:
    """Raises Forbidden for roles that see no payments."""
    if not may(actor, "payment.read"):
        raise Forbidden(HIDDEN)


def get_payment(actor: Actor, payment_id: uuid.UUID, *, lock: bool = False) -> Payment:
    """The payment, or NotFound when out of scope; `lock` it for writing. Raises Forbidden."""
    require_reader(actor)
    query = (
        select(Payment)
        .join(Client, Client.id == Payment.client_id)
        .where(Payment.id == payment_id, in_scope(actor))
    )
    if lock:
        query = query.with_for_update(of=Payment).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(MISSING)
    return found


def payment_with_client(actor: Actor, payment_id: uuid.UUID) -> tuple[Payment, Client]:
    """The payment and who paid, or NotFound when out of scope. Raises Forbidden."""
    require_reader(actor)
    found = db.session.execute(
        select(Payment, Client)
        .join(Client, Client.id == Payment.client_id)
        .where(Payment.id == payment_id, in_scope(actor))
    ).first()
    if found is None:
        raise NotFound(MISSING)
    return found[0], found[1]


def client_ref_of(payment: Payment) -> str:
    """The reference of the client who paid."""
    return db.session.get_one(Client, payment.client_id).ref


def map_receipts(source: str, refs: Sequence[str]) -> dict[str, Any]:
    """Live payments of a source by its references, unscoped, for the importer.

    Rows of ref, id, client_ref, received_on, amount, unapplied, currency.
    """
    query = (
        select(
            Payment.source_ref.label("ref"),
            Payment.id,
            Client.ref.label("client_ref"),
            Payment.received_on,
            Payment.amount,
            Payment.unapplied,
            Payment.currency,
        )
        .join(Client, Client.id == Payment.client_id)
        .where(Payment.source == source, Payment.voided_at.is_(None), among(Payment.source_ref, refs))
    )
    return {row.ref: row for row in db.session.execute(query)}


def find_payment_by_ref(source: str, source_ref: str) -> Payment | None:
    """The live payment a source gave under that reference, unscoped: for its writer."""
    return db.session.scalar(
        select(Payment).where(
            Payment.source == source, Payment.source_ref == source_ref, Payment.voided_at.is_(None)
        )
    )


def list_payments(
    actor: Actor,
    *,
    limit: int,
    after: Sequence[object] | None = None,
    client_id: uuid.UUID | None = None,
    client_ref: str | None = None,
) -> Sequence[Row[Payment, str]]:
    """Live payments, newest first, with their client's reference; `limit + 1` rows."""
    require_reader(actor)
    query = (
        select(Payment, Client.ref)
        .join(Client, Client.id == Payment.client_id)
        .where(in_scope(actor), Payment.voided_at.is_(None))
    )
    if client_id is not None:
        query = query.where(Payment.client_id == client_id)
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if after is not None:
        query = query.where(tuple_(Payment.received_on, Payment.id) < tuple_(*after))
    query = query.order_by(Payment.received_on.desc(), Payment.id.desc()).limit(limit + 1)
    return db.session.execute(query).all()


def list_allocations(payment_id: uuid.UUID) -> Sequence[Row[Allocation, str, str]]:
    """Allocations of a payment already known to be in scope, reversed ones too: invoice ref, currency."""
    return db.session.execute(
        select(Allocation, Invoice.ref, Invoice.currency)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Allocation.payment_id == payment_id)
        .order_by(Allocation.id)
    ).all()


def settled_rows(actor: Actor, invoice_id: uuid.UUID) -> Any:
    """Live allocations on an invoice known to be in scope, as one column of any statement: the payment's
    id, or the credit's, and what both say. None without the right to see payments.
    """
    if not may(actor, "payment.read"):
        return None
    credit = aliased(Invoice)
    return (
        select(
            RowsOf(
                func.coalesce(credit.kind, "payment"),
                Payment.id,
                Allocation.credit_id,
                func.coalesce(Payment.source_ref, credit.ref),
                Payment.text,
                Allocation.amount,
                Allocation.effective_on,
                Allocation.id,
            )
        )
        .select_from(Allocation)
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(credit, credit.id == Allocation.credit_id)
        .where(Allocation.invoice_id == invoice_id, Allocation.reversed_at.is_(None))
        .scalar_subquery()
    )
