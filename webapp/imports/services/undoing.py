"""An import taken back in one piece: what it created is voided, what it changed is restored."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, or_, select

from webapp.clients.models import Client, ClientAlias
from webapp.clients.queries import map_by_ref
from webapp.clients.services import archive_clients, upsert_client
from webapp.core.clock import now
from webapp.core.errors import Conflict
from webapp.extensions import db
from webapp.imports import queries
from webapp.imports.judging import iso
from webapp.imports.models import Import
from webapp.imports.services.booking import FACTS
from webapp.imports.services.committing import WRITTEN, staged
from webapp.imports.staging import StagedRow
from webapp.invoices.models import Invoice
from webapp.invoices.queries import map_documents
from webapp.invoices.services import InvoiceInput, upsert_invoices, void_invoices
from webapp.payments.models import Allocation, Matching, Payment
from webapp.payments.services import undo_matchings, void_payments
from webapp.risk.models import CreditLimit
from webapp.threads.models import Thread
from webapp.users import audit
from webapp.users.actor import Actor

UNDO_WITHIN = timedelta(days=30)
SHOWN = 20


def undo(actor: Actor, import_id: uuid.UUID) -> Import:
    """Take an import back. Nothing is deleted: documents and payments are voided, clients archived.

    Raises Conflict with the refs under `refs` when something else refers to a row, or when the
    import is older than UNDO_WITHIN. Events: those of the services it calls.
    """
    row = queries.get_import(actor, import_id)
    if row.state != "imported" or row.finished_at is None:
        raise Conflict(_l("Seul un import terminé peut être annulé."))
    if row.finished_at < now() - UNDO_WITHIN:
        raise Conflict(_l("Un import ne s’annule que pendant 30 jours."))
    created = list(
        db.session.scalars(select(Invoice.id).where(Invoice.import_id == row.id, Invoice.voided_at.is_(None)))
    )
    _refuse_if_referred(row, created)
    payments = list(
        db.session.scalars(select(Payment.id).where(Payment.import_id == row.id, Payment.voided_at.is_(None)))
    )
    undo_matchings(actor, row.id)
    if payments:
        void_payments(actor, payments, str(row.id))
    _restore(actor, row)
    if created:
        void_invoices(actor, created, str(row.id))
    _forget_clients(actor, row)
    row.state, row.undone_at = "undone", now()
    audit.write(actor, "import.undo", "import", row.id, filename=row.filename, counts=row.counts)
    return row


def _refuse_if_referred(row: Import, created: list[uuid.UUID]) -> None:
    """People wrote about a document, or another payment settles it: taking it away would lie."""
    refs: list[str] = []
    for start in range(0, len(created), 500):
        ids = created[start : start + 500]
        talked = select(Thread.subject_id).where(Thread.subject_id.in_(ids), Thread.last_seq > 0)
        paid = (
            select(Allocation.invoice_id)
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(Allocation.invoice_id.in_(ids), Allocation.reversed_at.is_(None))
            .where((Payment.import_id != row.id) | Payment.import_id.is_(None))
            .where(_matched_elsewhere(row))
        )
        by_credit = [
            select(side)
            .where(side.in_(ids), Allocation.credit_id.is_not(None), Allocation.reversed_at.is_(None))
            .where(_matched_elsewhere(row))
            for side in (Allocation.invoice_id, Allocation.credit_id)
        ]
        referred = or_(*(Invoice.id.in_(each) for each in (talked, paid, *by_credit)))
        query = select(Invoice.ref).where(referred).order_by(Invoice.ref)
        refs += db.session.scalars(query)
    refs = sorted({*refs, *_changed_since(row)})
    if refs:
        more = f" (+{len(refs) - SHOWN})" if len(refs) > SHOWN else ""
        raise Conflict(
            _l(
                "Cet import ne peut pas être annulé : on a depuis écrit, encaissé ou modifié : %(refs)s.",
                refs=", ".join(refs[:SHOWN]) + more,
            ),
            errors={"refs": refs[:SHOWN]},
        )


def _matched_elsewhere(row: Import) -> ColumnElement[bool]:
    """The allocation was not made by this import's own matching."""
    own = select(Matching.id).where(Matching.import_id == row.id)
    return Allocation.matching_id.is_(None) | Allocation.matching_id.not_in(own)


def _changed_since(row: Import) -> Iterator[str]:
    """Documents that no longer say what this import wrote: a later change would be lost."""
    if row.kind == "clients":
        return
    for rows in staged(row.id, *WRITTEN):
        documents = map_documents([each.values["ref"] for each in rows if is_document(each)])
        for each in filter(is_document, rows):
            found = documents.get(each.values["ref"])
            live = found is not None and found.voided_at is None
            if live and any(iso(getattr(found, name)) != each.values[name] for name in FACTS):
                yield each.values["ref"]


def is_document(row: StagedRow) -> bool:
    """Not a payment, whose reference means something else."""
    return row.values.get("kind") != "payment"


def _restore(actor: Actor, row: Import) -> None:
    """Give documents and clients that were changed their old values back."""
    for rows in staged(row.id, "updated"):
        if row.kind == "clients":
            for each in rows:
                if each.before:
                    upsert_client(actor, each.values["ref"], dict(each.before))
            continue
        changed = {each.values["ref"]: each.before for each in filter(is_document, rows) if each.before}
        documents = map_documents(list(changed))
        clients = map_by_ref(
            before["client_ref"] for before in changed.values() if before and "client_ref" in before
        )
        upsert_invoices(
            actor,
            [
                _before(documents[ref], before or {}, clients)
                for ref, before in changed.items()
                if set(before or {}) - {"settled_on", "letters"}
            ],
        )


def _before(invoice: Invoice, before: dict[str, Any], clients: dict[str, Client]) -> InvoiceInput:
    moved = clients.get(before.get("client_ref", ""))
    return InvoiceInput(
        ref=invoice.ref,
        client_id=moved.id if moved else invoice.client_id,
        issued_on=_day(before.get("issued_on"), invoice.issued_on),
        due_on=_day(before.get("due_on"), invoice.due_on),
        gross=before.get("gross", invoice.gross),
        kind=before.get("kind", invoice.kind),
        currency=before.get("currency", invoice.currency),
        rate=before.get("rate", invoice.rate),
    )


def _day(text: str | None, otherwise: date) -> date:
    return date.fromisoformat(text) if text else otherwise


def _forget_clients(actor: Actor, row: Import) -> None:
    """Archive clients the import made, unless something else stands on them; drop its aliases."""
    db.session.execute(delete(ClientAlias).where(ClientAlias.import_id == row.id))
    invoices = select(func.count()).where(Invoice.client_id == Client.id, Invoice.voided_at.is_(None))
    payments = select(func.count()).where(Payment.client_id == Client.id, Payment.voided_at.is_(None))
    limits = select(func.count()).where(CreditLimit.client_id == Client.id, CreditLimit.replaced_at.is_(None))
    messages = select(func.count()).where(Thread.subject_id == Client.id, Thread.last_seq > 0)
    unused = (
        select(Client.id)
        .where(Client.import_id == row.id, Client.archived_at.is_(None))
        .where(*(count.scalar_subquery() == 0 for count in (invoices, payments, limits, messages)))
    )
    archive_clients(actor, list(db.session.scalars(unused)))
