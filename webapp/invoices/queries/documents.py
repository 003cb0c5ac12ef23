"""Reads of invoices and balances, inside the actor's scope."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, literal_column, or_, select, tuple_, union_all
from sqlalchemy.orm import contains_eager, joinedload

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.clients.rules import fold
from webapp.core.bulk import among
from webapp.core.clock import today
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Balance, Instalment, Invoice
from webapp.users.actor import Actor

MISSING = _l("Facture introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
CHUNK = 500
LAST = chr(0x10FFFF)  # sorts after every letter
_NOTHING: ColumnElement[int] = literal_column("0")  # written out, so that partial indexes on `open > 0` serve


def find_invoice(actor: Actor, invoice_id: uuid.UUID) -> Invoice | None:
    """The invoice with its client, or None when out of scope."""
    return db.session.scalar(
        select(Invoice)
        .join(Invoice.client)
        .where(Invoice.id == invoice_id, in_scope(actor))
        .options(contains_eager(Invoice.client))
    )


def get_invoice(actor: Actor, invoice_id: uuid.UUID) -> Invoice:
    """The same, or NotFound."""
    found = find_invoice(actor, invoice_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def find_invoice_by_ref(actor: Actor, ref: str) -> Invoice | None:
    """The live invoice with that reference."""
    if "\x00" in ref:
        return None
    return db.session.scalar(
        select(Invoice)
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.ref == ref, Invoice.voided_at.is_(None), in_scope(actor))
    )


def find_balance(client_id: uuid.UUID) -> Balance | None:
    """The stored balance of a client already known to be in scope."""
    return db.session.get(Balance, client_id)


def list_invoices(
    actor: Actor,
    *,
    limit: int,
    status: str | None = None,
    after: Sequence[object] | None = None,
    client_id: uuid.UUID | None = None,
    client_ref: str | None = None,
    q: str | None = None,
    newest: bool = False,
) -> list[Invoice]:
    """Invoices by due date, oldest first unless `newest`, with client and instalments; `limit + 1`.

    `status` is one of STATUSES (`unpaid`: anything still open); voided ones only when asked for.
    """
    query = (
        select(Invoice)
        .join(Invoice.client)
        .where(in_scope(actor), *_conditions(status))
        .options(contains_eager(Invoice.client), joinedload(Invoice.instalments))
    )
    if client_id is not None:
        query = query.where(Invoice.client_id == client_id)
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if q and q.strip():
        query = _search(query, q.strip().replace("\x00", ""))
    place = tuple_(Invoice.due_on, Invoice.id)
    if after is not None:
        query = query.where(place < tuple_(*after) if newest else place > tuple_(*after))
    order = (Invoice.due_on.desc(), Invoice.id.desc()) if newest else (Invoice.due_on, Invoice.id)
    return list(db.session.scalars(query.order_by(*order).limit(limit + 1)).unique())


def _conditions(status: str | None) -> list[ColumnElement[bool]]:
    live, unpaid = Invoice.voided_at.is_(None), Invoice.open > _NOTHING
    late_part = (
        select(Instalment.id)
        .where(Instalment.invoice_id == Invoice.id, Instalment.open > 0, Instalment.due_on < today())
        .exists()
    )
    owed = Invoice.kind.in_([kind for kind, sign in rules.SIGN.items() if sign > 0])
    conditions: dict[str | None, list[ColumnElement[bool]]] = {
        None: [live],
        "void": [Invoice.voided_at.is_not(None)],
        "paid": [live, Invoice.open == 0],
        "unpaid": [live, unpaid],
        "overdue": [live, unpaid, owed, late_part],
        "open": [live, unpaid, Invoice.open == Invoice.gross, ~(owed & late_part)],
        "partly_paid": [live, unpaid, Invoice.open < Invoice.gross, ~(owed & late_part)],
    }
    return conditions[status]


def starts_with(start: str) -> ColumnElement[bool]:
    """References that start with exactly these letters, in a form the index of references serves."""
    if db.engine.dialect.name == "sqlite":  # LIKE ignores case there, so no index helps it
        return Invoice.ref.between(start, start + LAST)
    return Invoice.ref.startswith(start, autoescape=True)


def billed_under(q: str, most: int) -> Select[tuple[uuid.UUID]]:
    """Ids of clients with a live document whose reference starts like `q`, as written or in capitals."""
    starts = [
        select(
            select(Invoice.client_id)
            .where(starts_with(start), Invoice.voided_at.is_(None))
            .limit(most)
            .subquery()
        )
        for start in sorted({q, q.upper()})
    ]
    return select(union_all(*starts).subquery().c.client_id)


def _search(query: Select[Invoice], q: str) -> Select[Invoice]:
    """Invoices whose reference starts like `q`, or whose client is called so."""
    by_ref = or_(starts_with(q), starts_with(q.upper()))
    return query.where(or_(by_ref, Client.search_text.contains(fold(q), autoescape=True)))


def list_facts(refs: Sequence[str]) -> list[Sequence[Any]]:
    """What documents with these references say, unscoped, live or voided, for the importer.

    Rows of (ref, client's ref, issued_on, due_on, gross, kind, currency, open, live); one a reference,
    which is the live document if there is one.
    """
    rows = db.session.execute(
        select(
            Invoice.ref,
            Client.ref,
            Invoice.issued_on,
            Invoice.due_on,
            Invoice.gross,
            Invoice.kind,
            Invoice.currency,
            Invoice.open,
            Invoice.voided_at.is_(None),
        )
        .join(Client, Client.id == Invoice.client_id)
        .where(among(Invoice.ref, refs))
    )
    found: dict[str, Sequence[Any]] = {}
    for row in rows:
        if row[-1] or row[0] not in found:
            found[row[0]] = tuple(row)
    return list(found.values())


def map_documents(refs: Sequence[str]) -> dict[str, Invoice]:
    """Documents by ref, unscoped, for bulk writers: the live one, else the voided one to revive."""
    found: dict[str, Invoice] = {}
    for start in range(0, len(refs), CHUNK):
        query = select(Invoice).where(Invoice.ref.in_(refs[start : start + CHUNK]))
        for invoice in db.session.scalars(query.order_by(Invoice.voided_at.desc(), Invoice.id)):
            current = found.get(invoice.ref)
            if current is None or (current.voided_at is not None and invoice.voided_at is None):
                found[invoice.ref] = invoice
    return found
