"""Reads of what was given up, and the settings that bound it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select, tuple_

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments import rules
from webapp.payments.models import WriteOff
from webapp.payments.queries.receipts import require_reader
from webapp.users.actor import Actor
from webapp.users.queries import company

MISSING = _l("Passage en perte introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")


def write_off_cap() -> int:
    """Cents of the company's currency that may be given up without a second person."""
    return int((company().settings or {}).get("write_off_cap", rules.WRITE_OFF_CAP))


def tolerance() -> int:
    """Cents of the company's currency by which a payment may miss an invoice and still settle it."""
    return int((company().settings or {}).get("payment_tolerance", rules.TOLERANCE))


def limits() -> tuple[int, int]:
    """Tolerance and write-off cap, in one read."""
    settings = company().settings or {}
    tolerated = settings.get("payment_tolerance", rules.TOLERANCE)
    return int(tolerated), int(settings.get("write_off_cap", rules.WRITE_OFF_CAP))


def get_write_off(actor: Actor, write_off_id: uuid.UUID, *, lock: bool = False) -> WriteOff:
    """The write-off, or NotFound when out of scope. Raises Forbidden."""
    require_reader(actor)
    query = (
        select(WriteOff)
        .join(Client, Client.id == WriteOff.client_id)
        .where(WriteOff.id == write_off_id, in_scope(actor))
    )
    if lock:
        query = query.with_for_update(of=WriteOff)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(MISSING)
    return found


def find_open_write_off(invoice_id: uuid.UUID) -> WriteOff | None:
    """The one that waits for a decision on an invoice already known to be in scope."""
    return db.session.scalar(
        select(WriteOff).where(WriteOff.invoice_id == invoice_id, WriteOff.state == "asked")
    )


def list_write_offs(
    actor: Actor,
    *,
    limit: int,
    state: str | None = None,
    client_id: uuid.UUID | None = None,
    after: Sequence[object] | None = None,
) -> Sequence[Row[WriteOff, str, str, str]]:
    """Write-offs, latest first, with the invoice's ref, its currency and the client's name; `limit + 1`."""
    require_reader(actor)
    query = (
        select(WriteOff, Invoice.ref, Invoice.currency, Client.legal_name)
        .join(Invoice, Invoice.id == WriteOff.invoice_id)
        .join(Client, Client.id == WriteOff.client_id)
        .where(in_scope(actor))
    )
    if state is not None:
        query = query.where(WriteOff.state == state)
    if client_id is not None:
        query = query.where(WriteOff.client_id == client_id)
    if after is not None:
        query = query.where(tuple_(WriteOff.requested_at, WriteOff.id) < tuple_(*after))
    query = query.order_by(WriteOff.requested_at.desc(), WriteOff.id.desc()).limit(limit + 1)
    return db.session.execute(query).all()
