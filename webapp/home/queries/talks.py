"""What stands around a conversation: its invoice or its client, a breach, the navigation's figures.

One statement each: a thread opens often, and each question more holds up everybody.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.clients.queries import MISSING as NO_CLIENT
from webapp.core.errors import NotFound
from webapp.core.pages import Counts, figure_columns
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import MISSING as NO_INVOICE
from webapp.invoices.queries import InvoiceFacts, facts_in, with_facts
from webapp.risk.models import Alert
from webapp.risk.queries import AlertLine, is_gravest_breach
from webapp.users.actor import Actor


@dataclass(frozen=True)
class Around:
    """The client, its gravest open breach for those who may know, the navigation's figures."""

    client: Client
    breach: AlertLine | None
    counts: Counts


def get_client_around(actor: Actor, client_id: uuid.UUID) -> Around:
    """What stands around a client's conversation, in one query. Raises NotFound."""
    query = (
        select(Client, Alert, *figure_columns(actor))
        .outerjoin(Alert, is_gravest_breach(actor))
        .where(Client.id == client_id, in_scope(actor))
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound(NO_CLIENT)
    return _around(actor, row.Client, row)


def get_invoice_around(actor: Actor, invoice_id: uuid.UUID) -> tuple[Invoice, InvoiceFacts, Around]:
    """The invoice with its client and instalments, its facts, and the rest, in one query. Raises NotFound."""
    query: Any = (
        select(Invoice, Alert, *figure_columns(actor))
        .join(Invoice.client)
        .outerjoin(Alert, is_gravest_breach(actor))
        .where(Invoice.id == invoice_id, in_scope(actor))
        .options(contains_eager(Invoice.client), joinedload(Invoice.instalments))
    )
    row = db.session.execute(with_facts(query, actor, invoice_id)).unique().first()
    if row is None:
        raise NotFound(NO_INVOICE)
    invoice: Invoice = row.Invoice
    return invoice, facts_in(invoice, row), _around(actor, invoice.client, row)


def _around(actor: Actor, client: Client, row: Any) -> Around:
    breach = AlertLine(row.Alert, client, None, None) if row.Alert is not None else None
    return Around(client, breach, Counts(actor, row))
